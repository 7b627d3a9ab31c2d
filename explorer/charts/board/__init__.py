"""The board of the Train page: curves, gradients by layer, controls, drawn by the browser."""
