"""Shattered gradients."""
