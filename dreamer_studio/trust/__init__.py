"""Trust: how far to believe a model's dreams, measured on episodes that it never learned from."""
