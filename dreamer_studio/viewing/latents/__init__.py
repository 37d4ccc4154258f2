"""Shows, edits and maps latents."""
