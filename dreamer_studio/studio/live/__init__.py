"""The Live workspace: the running episode and the curves of the training."""
