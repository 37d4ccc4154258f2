"""Dreamer Studio: train a DreamerV1 world model and look inside it, live."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    __version__: str
else:

    def __getattr__(name: str) -> str:
        """Return the version of the installed package, which the build takes from the git tags.

        The first access imports `importlib.metadata`, some 10 ms that most verbs do not need.
        """
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415  (see above)

        try:
            found = version("dreamer-studio")
        except PackageNotFoundError:  # a copied folder that no installer has seen
            found = "0+unknown"
        globals()["__version__"] = found
        return found
