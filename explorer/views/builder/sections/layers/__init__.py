"""The layers of a net: as a picture with their figures, and as a table."""
