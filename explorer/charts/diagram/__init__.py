"""A net as a picture: its blocks laid out and drawn as SVG."""
