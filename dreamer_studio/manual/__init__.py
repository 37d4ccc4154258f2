"""What the command says about itself: exit codes and the man page."""
