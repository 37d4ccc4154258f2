"""Shows, changes and maps latents."""
