"""Grids, rows and bars that rearrange their children to fit, and the stage that enlarges a card."""
