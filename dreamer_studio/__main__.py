"""``python -m dreamer_studio`` is the command ``dreamer-studio``."""

import sys

from dreamer_studio.cli import main

if __name__ == "__main__":
    sys.exit(main())
