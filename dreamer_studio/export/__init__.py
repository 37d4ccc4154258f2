"""Pictures and films from arrays: GIF, MP4, a PNG strip, or the arrays themselves.

Nothing here knows of torch, Qt, runs or environments: whoever has the arrays makes a `Film`, or a
`Reel` with rows and words of its own, and calls `write`.
"""

from dreamer_studio.export.ffmpeg import EncodeError
from dreamer_studio.export.film import Film
from dreamer_studio.export.progress import ExportCancelled
from dreamer_studio.export.reel import Reel
from dreamer_studio.export.write import check_options, write

__all__ = ["EncodeError", "ExportCancelled", "Film", "Reel", "check_options", "write"]
