"""The loss surface."""
