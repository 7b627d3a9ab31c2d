"""Which comparisons are listed: the filter, its place in the link, its widgets."""
