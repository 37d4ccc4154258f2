"""Does it learn, and if not, why: what is measured on a run that was trained."""
