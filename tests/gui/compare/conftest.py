from tests.support.trained import trained

__all__ = ["trained"]
