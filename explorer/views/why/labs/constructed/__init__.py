"""A deeper net that cannot be worse."""
