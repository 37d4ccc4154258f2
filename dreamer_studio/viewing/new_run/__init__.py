"""New run: the tasks of this machine, a preview of a task, estimates and checks, and the choice of all settings."""
