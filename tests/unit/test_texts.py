"""Other people's texts, as the program quotes them."""

from dreamer_studio.texts import one_line, reason_of


def test_that_a_text_of_several_lines_becomes_one() -> None:
    assert one_line(" first\n\n  second\tthird\r\n") == "first second third"


def test_that_the_reason_of_an_error_is_one_line_that_is_never_empty_or_long() -> None:
    assert reason_of(ValueError("no\nnumber")) == "no number"
    assert reason_of(ValueError("\n")) == "ValueError"
    assert reason_of(ValueError("x" * 300)) == "x" * 300
    assert reason_of(ValueError("x" * 301)) == "x" * 300 + "..."
