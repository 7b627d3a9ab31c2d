"""What browsers draw: the board of the Train page, and single plotly figures that stay zoomed."""

from explorer.live.board import board
from explorer.live.single import live_chart

__all__ = ["board", "live_chart"]
