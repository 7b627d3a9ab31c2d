"""The worker's process: claims what waits, starts lanes, watches over them."""
