"""The version of the package."""

from __future__ import annotations

import importlib.metadata

import pytest

import dreamer_studio


def test_that_the_version_is_that_of_the_installed_package() -> None:
    assert dreamer_studio.__version__ == importlib.metadata.version("dreamer-studio")


def test_that_a_copied_folder_without_an_installed_package_has_an_unknown_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(vars(dreamer_studio), "__version__", raising=False)
    monkeypatch.setattr(importlib.metadata, "version", not_found)
    assert dreamer_studio.__version__ == "0+unknown"
    del vars(dreamer_studio)["__version__"]


def not_found(name: str) -> str:
    raise importlib.metadata.PackageNotFoundError(name)
