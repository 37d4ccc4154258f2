"""The Compare workspace: checkpoints side by side."""
