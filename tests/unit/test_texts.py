"""Numbers, durations and sizes in words, and other people's texts as the program quotes them."""

from dreamer_studio.texts import (
    duration_words,
    from_to,
    one_line,
    reason_of,
    rough_range,
    rough_time,
    rounded,
    size_words,
)


def test_that_a_text_of_several_lines_becomes_one() -> None:
    assert one_line(" first\n\n  second\tthird\r\n") == "first second third"


def test_that_the_reason_of_an_error_is_one_line_that_is_never_empty_or_long() -> None:
    assert reason_of(ValueError("no\nnumber")) == "no number"
    assert reason_of(ValueError("\n")) == "ValueError"
    assert reason_of(ValueError("x" * 300)) == "x" * 300
    assert reason_of(ValueError("x" * 301)) == "x" * 300 + "..."


def test_that_a_number_has_three_digits_and_never_an_exponent_if_it_is_large() -> None:
    words = [rounded(number) for number in (1.0449, -0.5, 999.4, 999.6, -1240.0, 1_234_567.0)]
    assert words == ["1.04", "-0.5", "999", "1,000", "-1,240", "1,234,567"]
    assert [rounded(number, "+") for number in (0.8, -0.8, 1234.6)] == ["+0.8", "-0.8", "+1,235"]


def test_that_a_size_is_written_in_the_largest_unit_with_two_digits_at_least() -> None:
    sizes = [size_words(count) for count in (12, 2000, 300 * 2**20, 3.0 * 2**30, 40 * 2**30)]
    assert sizes == ["12 B", "2.0 KiB", "300 MiB", "3.0 GiB", "40 GiB"]


def test_that_a_duration_is_written_in_its_largest_whole_unit() -> None:
    words = [duration_words(seconds) for seconds in (-1, 59, 239, 7300, 86_400, 200_000)]
    assert words == ["0 s", "59 s", "3 min", "2 h", "1 day", "2 days"]


def test_that_an_estimated_time_has_two_digits_and_a_range_its_unit_once() -> None:
    words = [rough_time(seconds) for seconds in (0.2, 40, 4500, 6120, 72_000, 259_200)]
    assert words == ["1 s", "40 s", "75 min", "1.7 h", "20 h", "3 days"]
    assert rough_range(7560, 9360) == "2.1 to 2.6 h"
    assert rough_range(60, 600) == "60 s to 10 min"
    assert rough_range(40.1, 40.2) == "about 40 s"
    assert (from_to("284 ms", "320 ms"), from_to("900 ms", "1.2 s")) == ("284 to 320 ms", "900 ms to 1.2 s")
