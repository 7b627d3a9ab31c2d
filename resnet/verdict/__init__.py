"""What curves say, in sentences, and how sure a few seeds are of it."""
