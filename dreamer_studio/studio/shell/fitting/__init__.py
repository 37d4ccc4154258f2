"""How the window fits its contents to the screen: docks that fold, large cards, text size."""
