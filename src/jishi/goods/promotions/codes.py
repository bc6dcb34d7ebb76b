"""Codes that people type: no letter is taken for another, capitals and gaps do not matter. Pure."""

import re
from typing import Protocol

LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # no I L O U 0 1
LENGTH = 10  # 30¹⁰ codes: at the rate of typing (`coupon`, `web/rates.py`) nobody guesses one
LONGEST = 32
SAME = str.maketrans({"O": "0", "I": "1", "L": "1"})  # what people mistype, as Crockford reads it
SHAPE = re.compile(r"[A-Z0-9]{4,32}")


class Chance(Protocol):
    def choice(self, seq: str, /) -> str: ...


def fold(typed: str) -> str:
    """The one form by which a code is found: `ab-c o1` and `ABC01` are the same."""
    return re.sub(r"[\s\-_·.]", "", typed).upper().translate(SAME)[:LONGEST]


def is_code(typed: str) -> bool:
    """4 … 32 letters and digits."""
    return bool(SHAPE.fullmatch(re.sub(r"[\s\-_·.]", "", typed).upper()))


def random_code(chance: Chance) -> str:
    """Already folded: none of its letters is mistaken for another."""
    return "".join(chance.choice(LETTERS) for _ in range(LENGTH))
