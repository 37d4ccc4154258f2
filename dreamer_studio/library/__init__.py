"""The runs on this machine: lists them, labels them, and moves them to the trash and back. Needs no torch."""
