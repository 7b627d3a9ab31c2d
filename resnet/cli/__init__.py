"""The command line of `python -m resnet`."""
