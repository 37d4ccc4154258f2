"""Cards with curves of the training, for every workspace that shows some."""
