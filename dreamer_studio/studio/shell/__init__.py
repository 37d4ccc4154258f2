"""The window around the workspaces: toolbar, status bar, banners, settings, threads, closing."""
