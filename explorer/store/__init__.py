"""Everything that is kept: comparisons, requests, jobs. The only channel between processes."""
