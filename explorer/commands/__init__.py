"""What `python -m explorer` does. Each command takes its arguments and returns its exit code."""
