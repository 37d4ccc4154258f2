"""Films and strips from arrays: GIF, WebP, MP4, PNG, or the arrays themselves. Each file carries its recipe.

Nothing here knows torch, Qt, runs or environments. The caller makes a `Film` from arrays, or a `Reel` with its own rows
and words, and calls `write`.
"""

from dreamer_studio.export.ffmpeg import EncodeError
from dreamer_studio.export.film import Film
from dreamer_studio.export.progress import ExportCanceled
from dreamer_studio.export.reel import Reel
from dreamer_studio.export.write import Written, check_options, write

__all__ = ["EncodeError", "ExportCanceled", "Film", "Reel", "Written", "check_options", "write"]
