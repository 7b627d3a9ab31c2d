"""What the paper prints, and how ours stands beside it."""
