"""Several futures of one frame: their grid, and the requests for them."""
