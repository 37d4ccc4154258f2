from tests.support.driven_session import drive
from tests.support.toy import world

__all__ = ["drive", "world"]
