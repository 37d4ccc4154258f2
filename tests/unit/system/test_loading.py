import gc

import pytest

from dreamer_studio.system.loading import collector_at_rest


def test_that_the_garbage_collector_rests_while_loading_and_ignores_what_was_loaded() -> None:
    frozen = gc.get_freeze_count()
    try:
        with pytest.raises(ImportError), collector_at_rest():
            assert not gc.isenabled()
            raise ImportError
        assert gc.isenabled() and gc.get_freeze_count() > frozen
    finally:
        gc.unfreeze()
