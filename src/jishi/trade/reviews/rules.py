"""Who may say what and until when, what stands first, and in which language it is. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from jishi.kernel import FieldError, Invalid
from jishi.trade.orders import Child, Line

from .kinds import ReviewDoc
from .terms import CRITICAL, MAX_PICTURES, MAX_TEXT

DAY_MS = 86_400_000
EDIT_DAYS, FOLLOW_DAYS, ASKED_AFTER_DAYS = 30, 180, 5
MAX_EDITS = 20
ARRIVED = ("delivered", "completed")
TOP = (1 << 20) - 1  # the best a review can score
LOW_STEP = 10**13  # more than any moment in ms
HAN, KANA, LATIN = (re.compile(p) for p in ("[\u3400-\u9fff\uf900-\ufaff]", "[\u3040-\u30ff\uac00-\ud7af]", "[A-Za-z]"))
KEPT = ("\n", "\t")  # the only control characters of a text
INVISIBLE = re.compile("[\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff]")  # they turn round or hide what follows


def review_id(order_id: int, line: int) -> int:
    """The one id of the review of an order line: 63 bits that name the line without telling it."""
    told = hashlib.blake2b(f"{order_id}:{line}".encode(), digest_size=8).digest()
    return int.from_bytes(told, "big") >> 1


def question_id(person_id: int, key: str) -> int:
    """The id of what a person asks under a key: the same key is the same question."""
    told = hashlib.blake2b(f"{person_id}:{key}".encode(), digest_size=8).digest()
    return int.from_bytes(told, "big") >> 1


def plain(text: str) -> str:
    """Plain text as it is kept: composed, no control characters, at most one empty line in a row."""
    kept = "".join(
        c
        for c in INVISIBLE.sub("", unicodedata.normalize("NFC", text.replace("\r\n", "\n")))
        if c in KEPT or unicodedata.category(c) not in ("Cc", "Cs")
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in kept.split("\n"))).strip()


def checked(text: str, *, most: int = MAX_TEXT, least: int = 0, field: str = "text") -> str:
    """The plain text; `Invalid` when it is too short or too long."""
    kept = plain(text)
    if not least <= len(kept) <= most:
        code = "text.required" if not kept else "text.length"
        raise Invalid([FieldError(field, code, {"min": str(least), "max": str(most)})])
    return kept


def check_stars(stars: int) -> None:
    if not 1 <= stars <= 5:
        raise Invalid([FieldError("stars", "review.stars")])


def check_pictures(count: int) -> None:
    if count > MAX_PICTURES:
        raise Invalid([FieldError("pictures", "review.pictures", {"max": str(MAX_PICTURES)})])


def language(text: str) -> str:
    """zh: Han letters and no kana or hangul. en: Latin letters alone. other: anything else, and nothing at all."""
    if KANA.search(text):
        return "other"
    if HAN.search(text):
        return "zh"
    letters = [c for c in text if c.isalpha()]
    return "en" if letters and sum(bool(LATIN.match(c)) for c in letters) * 10 >= 9 * len(letters) else "other"


def score(helpful: int, text: str, pictures: int, *, follow_up: bool) -> int:
    """What a reader gains, whatever the stars say: votes first, then pictures, then words, then a later look."""
    return min(TOP, 100 * helpful + 40 * min(pictures, 2) + min(len(text), 120) // 2 + 30 * follow_up)


def rank(helpful: int, text: str, pictures: int, at: int, *, follow_up: bool) -> int:
    """Falling order of `helpful`: the score, and of equal ones the newest. Below 2⁵³."""
    return score(helpful, text, pictures, follow_up=follow_up) << 32 | at // 1000 & 0xFFFF_FFFF


def low(stars: int, at: int) -> int:
    """Falling order of `critical`: the fewest stars, and of equal ones the newest."""
    return (5 - stars) * LOW_STEP + at


def question_rank(answers: int, at: int) -> int:
    return (LOW_STEP if answers else 0) + at


def is_critical(stars: int) -> int:
    return int(stars < CRITICAL)


def arrived(child: Child, line: Line) -> bool:
    """Some of the line has reached the buyer."""
    return child.fulfilment in ARRIVED and line.quantity > line.cancelled


def may(doc: ReviewDoc, now: int) -> tuple[list[str], int]:
    """What its author may still do, and until when the last of it."""
    can, until = [], 0
    if now < doc.at + EDIT_DAYS * DAY_MS and doc.withheld is None and len(doc.history) < MAX_EDITS:
        can, until = ["edit"], doc.at + EDIT_DAYS * DAY_MS
    if now < doc.at + FOLLOW_DAYS * DAY_MS and doc.follow_up is None and doc.withheld is None:
        can, until = [*can, "follow_up"], doc.at + FOLLOW_DAYS * DAY_MS
    return can, until


def mask_alone(email: str) -> str:
    """A masked e-mail without its domain: that would say where somebody works."""
    return email.partition("@")[0]
