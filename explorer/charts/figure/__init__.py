"""A plotly figure that keeps its zoom and hidden curves while it is refreshed."""
