"""The computed costs beside those that other tools count."""
