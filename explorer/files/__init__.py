"""A comparison as a file: written, checked, read, put into the store."""
