"""Read numbers as people write them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

_MOST_DIGITS = 18


def whole_number(text: str) -> int:
    """Read a whole number that may be written with an exponent, such as 1000, 1e3 or 1.5e3.

    Raises:
        ValueError: the text is not a whole number, or the number has more than 18 digits; the message gives an
            example.
    """
    try:
        number = Decimal(text)
        if number == number.to_integral_value() and number.adjusted() < _MOST_DIGITS:
            return int(number)
    except (InvalidOperation, OverflowError):  # not a number, or infinity
        pass
    raise ValueError("expected a whole number such as 1000 or 1e3")
