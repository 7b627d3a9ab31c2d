"""Layer responses."""
