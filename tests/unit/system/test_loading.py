import gc

import pytest

from dreamer_studio.system.loading import collector_at_rest


def test_that_nothing_is_collected_while_loading_and_what_was_loaded_is_let_alone() -> None:
    frozen = gc.get_freeze_count()
    try:
        with pytest.raises(ImportError), collector_at_rest():
            assert not gc.isenabled()
            raise ImportError
        assert gc.isenabled() and gc.get_freeze_count() > frozen
    finally:
        gc.unfreeze()
