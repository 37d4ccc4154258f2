"""DreamerV1 as the author's code has it, in torch alone: no files, no threads, no environments, no window."""
