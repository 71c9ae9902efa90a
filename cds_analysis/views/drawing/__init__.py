"""Where marks and letters go: layout and SVG."""
