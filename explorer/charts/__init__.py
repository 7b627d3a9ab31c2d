"""What browsers draw: the board of the Train page, figures that stay zoomed, pictures of nets."""
