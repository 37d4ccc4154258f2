"""Dreams scenes, and drives them."""
