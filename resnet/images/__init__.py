"""Image files as people have them: which are read, what becomes of each; imports no torch."""
