"""Which run the window shows: opening, closing and handing over runs, and the pages in between."""
