"""What a comparison says: progress, status, verdicts, tables. No streamlit, no plotly."""
