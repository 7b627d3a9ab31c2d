"""Blocks removed, swapped, or switched off by hand."""
