"""Check digits: whether digits can be a Chinese identity number (GB 11643) or a bank card (ISO/IEC 7812)."""

from datetime import date

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_PROVINCES = frozenset(
    (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71)
) | {81, 82, 83, 91}
_EARLIEST, _LATEST = 1900, 2099


def check_digit(first: str) -> str:
    """The last of 18 for the first 17 digits of an identity number: 0–9 or X."""
    return _CHECKS[sum(int(d) * w for d, w in zip(first, _WEIGHTS, strict=True)) % 11]


def is_identity(digits: str) -> bool:
    """Whether 15 or 18 digits (the last may be X) are an identity number, or one mistyped in its last places.

    A right check digit suffices for 18; else province and birthday must be possible.
    """
    if len(digits) == 18 and check_digit(digits[:17]) == digits[17]:
        return True
    born = digits[6:14] if len(digits) == 18 else f"19{digits[6:12]}"
    return int(digits[:2]) in _PROVINCES and is_date(born)


def is_date(digits: str) -> bool:
    """Whether 8 digits are a day YYYYMMDD of this or the last century."""
    if len(digits) != 8 or not _EARLIEST <= int(digits[:4]) <= _LATEST:
        return False
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def luhn(digits: str) -> bool:
    """Whether the digits pass the Luhn check."""
    doubled = (int(d) * 2 for d in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(d // 10 + d % 10 for d in doubled)) % 10 == 0


def is_card(digits: str) -> bool:
    """Whether 13–19 digits are a bank card's; UnionPay's own 62… are, even mistyped."""
    return luhn(digits) or (digits.startswith("62") and len(digits) >= 16)
