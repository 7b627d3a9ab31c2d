"""Runs of several comparisons on one board."""
