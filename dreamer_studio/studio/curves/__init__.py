"""The Curves workspace: any measure of the training over any axis, with other runs laid over."""
