"""What a net sees, and what it confuses."""
