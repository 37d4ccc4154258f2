"""Widgets that place others by the room there is: grids, rows and bars that reflow, and enlarged cards."""
