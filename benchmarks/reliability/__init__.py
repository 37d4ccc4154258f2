"""How the program holds out when things go wrong: measured on real trainings."""
