"""``python -m dreamer_studio`` is the command ``dreamer-studio``."""

from dreamer_studio.cli import command

if __name__ == "__main__":
    command()
