"""How much is imported at once: without Python's cycle collector looking on."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def collector_at_rest() -> Iterator[None]:
    """Import in here; what is there afterwards counts as there for good.

    What modules make stays. To look through it again and again takes a tenth of a big import's time, and each full
    look, at torch's hundreds of thousands of objects, holds up all threads for 0.1 to 0.3 s, the window's too.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
