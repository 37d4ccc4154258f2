"""The suite of gymnasium and of packages that register environments with it: tasks ``gym:<id>``."""
