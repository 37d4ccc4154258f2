"""Dreams scenes and drives them on."""
