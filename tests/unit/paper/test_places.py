"""The markers in the code, and the places that they give."""

from __future__ import annotations

from pathlib import Path

import pytest

import dreamer_studio
from dreamer_studio.paper.places import MarkerError, faults, places_in, read_places

SOURCE = '''\
"""A module."""

# paper: Eq. 3
LIMIT = 3


class Model:
    # paper: Appendix A, horizon
    horizon: int = 15

    # paper: Eq. 1, reward model
    @property
    def size(self) -> int:
        """Return a size."""
        # paper: Eq. 6
        # paper: Eq. 5
        # Counted from the end.
        return sum(
            range(LIMIT)
        )

    def loop(self) -> None:
        text = "# paper: Eq. 9"
        # paper: Algorithm 1, until converged
        for _ in text:

            # Nothing yet.
            print()
'''


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "package"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "model.py").write_text(SOURCE)
    return folder


def test_that_a_marker_names_the_statement_below_it(package: Path) -> None:
    found = read_places(package)

    (place,) = found["Eq. 6"]
    assert (place.file, place.function, place.line) == (Path("inner/model.py"), "Model.size", 18)
    assert place.code == "return sum(\n    range(LIMIT)\n)"
    assert place.module == "dreamer_studio.inner.model"
    assert found["Eq. 5"][0].line == place.line


@pytest.mark.parametrize(
    ("name", "function", "code"),
    [
        ("Eq. 3", "", "LIMIT = 3"),
        ("Eq. 1, reward model", "Model.size", "@property\ndef size(self) -> int:"),
        ("Appendix A, horizon", "Model.horizon", "horizon: int = 15"),
        ("Algorithm 1, until converged", "Model.loop", "for _ in text:"),
    ],
)
def test_that_a_place_has_a_name_and_code_without_a_body(package: Path, name: str, function: str, code: str) -> None:
    (place,) = read_places(package)[name]

    assert (place.function, place.code) == (function, code)


def test_that_a_string_is_no_marker(package: Path) -> None:
    assert read_places(package)["Eq. 9, observation model"] == ()
    assert "Eq. 9" not in read_places(package)


def test_that_a_repeated_passage_has_the_places_of_the_first(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("# paper: Eq. 1, transition model\nx = 1\n")

    found = read_places(tmp_path)

    assert found["Eq. 9, transition model"] == found["Eq. 1, transition model"] != ()


@pytest.mark.parametrize(
    "source",
    [
        "x = 1  # paper: Eq. 3\n",
        "# paper: Eq. 3\n",
        "# paper: Eq. 3\n\nx = 1\n",
        "#paper: Eq. 3\nx = 1\n",
        "# Paper: Eq. 3\nx = 1\n",
        "x = (\n    # paper: Eq. 3\n    1\n)\n",
    ],
)
def test_that_a_marker_elsewhere_is_an_error_that_says_where_to_put_it(source: str) -> None:
    with pytest.raises(
        MarkerError, match=r"model\.py:\d: put '# paper: Eq\. 3' on a line of its own above a statement"
    ):
        list(places_in(source, Path("model.py")))


def test_that_faults_name_a_wrong_marker_a_missing_place_and_a_needless_reason(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("# paper: Eq. 66\nx = 1\n# paper: Eq. 4\nx = 2\n")

    sentences = faults(read_places(tmp_path))

    assert "model.py:2: the paper has no 'Eq. 66'; the nearest name is 'Eq. 6'." in sentences
    assert "Eq. 4 has a marker in model.py, but its entry says why no code has it." in sentences
    assert "Eq. 6 has no place: mark its statement with '# paper: Eq. 6', or say why it is absent." in sentences


def test_that_each_passage_of_the_paper_has_a_place_in_the_installed_source() -> None:
    found = read_places()

    assert faults(found) == []
    (place,) = found["Eq. 6"]
    path = Path(dreamer_studio.__file__).parent / place.file
    assert path.read_text(encoding="utf-8").splitlines()[place.line - 1].strip() == place.code
    assert place.function == "lambda_return"
