"""Figures of the labs: results in, a plotly figure out; no streamlit."""
