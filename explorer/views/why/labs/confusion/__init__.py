"""What a net confuses."""
