"""Blocks switched off by hand."""
