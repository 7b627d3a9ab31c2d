"""Shortcut variants."""
