"""The Dream workspace: a scene, its branches, its futures and its latents."""
