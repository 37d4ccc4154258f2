"""The sources of the palette's items, one module for each kind."""
