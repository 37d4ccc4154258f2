"""The replay browser: episodes, frames and bookmarks."""
