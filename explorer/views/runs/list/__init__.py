"""The list of comparisons: a card each, and what can be done with it."""
