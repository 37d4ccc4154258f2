"""The panels of the workspaces; none imports another."""
