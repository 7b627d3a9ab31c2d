"""Short and long paths."""
