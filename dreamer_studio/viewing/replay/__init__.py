"""Reads, searches and bookmarks stored episodes."""
