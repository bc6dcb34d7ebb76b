"""Texts of the catalogue as they are kept: clean, folded for the search, and as handles. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

import nh3

from jishi.kernel.place import Text

MAX_HANDLE, MAX_INDEXED, MAX_WORD = 80, 15_000, 64  # characters
MAX_WORDS = 8  # of a search
LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
TAGS = {"p", "br", "hr", "h2", "h3", "h4", "ul", "ol", "li", "strong", "b", "em", "i", "u", "s", "sub", "sup", "small",
        "blockquote", "a", "table", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd", "code", "pre", "span"}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "th": {"colspan", "rowspan", "scope"}, "td": {"colspan", "rowspan"}}
SCHEMES = {"https", "http", "mailto"}
MARKS = re.compile("[\u0300-\u036f]")  # of Latin, Greek and Cyrillic; a kana's or a hangul's is another letter


def line(text: str) -> str:
    """One line: composed, without control characters, runs of blanks are one blank."""
    kept = "".join(
        c if unicodedata.category(c) not in ("Cc", "Cs") else " " for c in unicodedata.normalize("NFC", text)
    )
    return " ".join(kept.split())


def html(text: str) -> str:
    """HTML of the allow-list; links open nothing and tell nobody. No pictures: those are the product's own."""
    kept = nh3.clean(text.replace("\0", ""), tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES)
    return kept.replace("\r\n", "\n").strip()


def folded(text: str) -> str:
    """As words are compared: width, case and accents do not count, on any engine."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    return line(unicodedata.normalize("NFC", MARKS.sub("", unicodedata.normalize("NFD", wide))))


def indexed(texts: Iterable[str]) -> str:
    """What the word search looks into: each text once."""
    return " ".join(dict.fromkeys(filter(None, map(folded, texts))))[:MAX_INDEXED]


def patterns(words: str) -> list[str]:
    """LIKE patterns (escape `!`) of at most 8 words."""
    return [
        "%" + re.sub("([!%_])", r"!\1", word[:MAX_WORD]) + "%"
        for word in dict.fromkeys(folded(words).split()[:MAX_WORDS])
    ]


def begins_with(code: str) -> str:
    """A LIKE pattern (escape `!`) of codes that begin so."""
    return re.sub("([!%_])", r"!\1", code.strip()[:MAX_WORD]) + "%"


def slug(text: str) -> str:
    """a-z, 0-9 and single hyphens. What has letters that Latin cannot write gets a short hash of the whole, so that two
    names stay two; never empty."""
    plain = folded(text)
    kept = re.sub("[^a-z0-9]+", "-", plain).strip("-")
    lost = any(c.isalnum() and not c.isascii() for c in plain)
    if kept and not lost and len(kept) <= MAX_HANDLE:
        return kept
    mark = hashlib.blake2b(plain.encode(), digest_size=5).hexdigest()
    return f"{kept[: MAX_HANDLE - 11].strip('-') or 'p'}-{mark}"


def hashed(text: str) -> str:
    """32 hexadecimal digits of the folded text: equal codes are equal on every engine, whatever its collation."""
    return hashlib.blake2b(folded(text).encode(), digest_size=16).hexdigest()


def cleaned(text: Text) -> Text:
    """Lines by locale, empty ones left out."""
    return {locale: kept for locale, value in text.items() if (kept := line(value))}


def is_gtin(text: str) -> bool:
    """8, 12, 13 or 14 digits whose check digit is right (GS1 General Specifications §7.9)."""
    if len(text) not in (8, 12, 13, 14) or not (text.isascii() and text.isdigit()):
        return False
    return sum(int(c) * (3 if i % 2 else 1) for i, c in enumerate(reversed(text))) % 10 == 0
