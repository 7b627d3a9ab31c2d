"""The pages: one folder each; what several share is in `parts`."""
