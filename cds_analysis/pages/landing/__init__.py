"""The landing page: what the data say in numbers, the map and the search as the ways in."""
