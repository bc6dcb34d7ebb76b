"""Texts as they are compared: folded, cut into words, stemmed, read aloud. The same for goods and for questions. Pure.

The libraries' dictionaries are read when the first Chinese text comes: a process that only serves pages need not wait."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice, product
from typing import Any, NamedTuple

MAX_TYPED = 100  # characters of a question
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
IS_HAN = re.compile(f"[{HAN}]")
MARKS = re.compile("[\u0300-\u036f]")
UNITS = {
    "毫升": "ml", "升": "l", "公斤": "kg", "千克": "kg", "克": "g", "厘米": "cm", "公分": "cm", "毫米": "mm", "米": "m",
    "瓦": "w", "毫安": "mah", "英寸": "inch", "寸": "inch", "ml": "ml", "l": "l", "cl": "cl", "kg": "kg", "g": "g",
    "mg": "mg", "cm": "cm", "mm": "mm", "m": "m", "w": "w", "mah": "mah", "inch": "inch", "inches": "inch", "oz": "oz",
    "litre": "l", "litres": "l", "liter": "l", "liters": "l", "gram": "g", "grams": "g", "watt": "w", "watts": "w",
}  # fmt: skip
AMOUNT = re.compile(
    r"(?<![\d.])(\d{1,9}(?:\.\d{1,6})?)[ \-]?(" + "|".join(sorted(UNITS, key=len, reverse=True)) + r")(?![a-z0-9])"
)  # of folded text
PIECE = re.compile(rf"[{HAN}]+|\d+\.\d+[a-z]*|[^\W_{HAN}]+")
APOSTROPHE = re.compile(r"(?<=\w)['’](s\b)?")
STOP = frozenset(
    "a an and are at by for from in is it of on or the to with 的 了 和 与 或 及 是 在 有 给 用 我 要 买".split()
)
READINGS = 4  # ways to read a word: more would find too much
WORDS_READ, CHARS_READ = 3, 8  # of a name read in one go


class Piece(NamedTuple):
    """A stretch of folded text: Chinese characters, or one word of letters and digits."""

    text: str
    han: bool


def folded(text: str) -> str:
    """Width, case, accents and the script's variant do not count; an amount and its unit are one word."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    plain = unicodedata.normalize("NFC", MARKS.sub("", unicodedata.normalize("NFD", wide)))
    if IS_HAN.search(plain):
        plain = _simplified(plain)
    plain = APOSTROPHE.sub("", plain)
    if not plain.isprintable():
        plain = "".join(c if c.isprintable() else " " for c in plain)
    return " ".join(AMOUNT.sub(lambda m: f" {_number(m[1])}{UNITS[m[2]]} ", plain).split())


def _number(digits: str) -> str:
    return digits.rstrip("0").rstrip(".") if "." in digits else digits


@cache
def _opencc() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(4_096)
def _simplified(text: str) -> str:
    return str(_opencc().convert(text))


@cache
def _jieba() -> Any:
    import rjieba

    return rjieba


@cache
def _stemmer() -> Any:
    import tantivy

    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.raw())
    return builder.filter(tantivy.Filter.stemmer("english")).build()


@lru_cache(65_536)
def stem(word: str) -> str:
    """An English word without its ending; anything else stays as it is."""
    if not word.isascii() or not word.isalpha():
        return word
    return str(_stemmer().analyze(word)[0])


@lru_cache(1_024)
def pieces(plain: str) -> tuple[Piece, ...]:
    """The stretches of a folded text. Remembered: one text is read in several ways, one after the other."""
    return tuple(Piece(text, bool(IS_HAN.match(text))) for text in PIECE.findall(plain))


@lru_cache(16_384)
def cut(run: str) -> tuple[str, ...]:
    """Chinese characters → words, one after the other."""
    return tuple(_jieba().cut(run))


@lru_cache(16_384)
def cut_fine(run: str) -> tuple[str, ...]:
    """Chinese characters → words, and the words in them."""
    return tuple(_jieba().cut_for_search(run))


def terms(plain: str) -> list[str]:
    """What of a folded text is looked up: fine words and stems, without those that say nothing."""
    found = list[str]()
    for piece in pieces(plain):
        if piece.han:
            found += [w for w in cut_fine(piece.text) if w not in STOP]
        elif piece.text not in STOP:
            found.append(stem(piece.text))
            if amount := AMOUNT.fullmatch(piece.text):
                found.append(amount[1])
    return found


def steps(plain: str) -> list[str]:
    """The text in steps for exact phrases: each Chinese character, each stem."""
    found = list[str]()
    for piece in pieces(plain):
        found += piece.text if piece.han else [stem(piece.text)]
    return found


def surface(plain: str) -> list[str]:
    """Words of letters as they are written: what a typing error is compared with."""
    return [p.text for p in pieces(plain) if not p.han and p.text not in STOP]


# --- read aloud --------------------------------------------------------------------------------------------------------


@cache
def _pinyin() -> Any:
    """Characters alone, with all their readings: the dictionary of phrases costs 45 MiB and gives only the likeliest."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    import pypinyin

    return pypinyin


@lru_cache(16_384)
def _sounds(char: str) -> tuple[str, ...]:
    """How a character is read, the likeliest first: at most three, without tones; ü is v."""
    p = _pinyin()
    ways = p.pinyin(char, style=p.Style.NORMAL, heteronym=True)
    return tuple(dict.fromkeys(ways[0]))[:3] if ways else (char,)


@lru_cache(65_536)
def readings(run: str) -> tuple[tuple[str, str], ...]:
    """(pinyin, initials) of Chinese characters read in one go: 保温杯 → baowenbei, bwb. The likeliest first, at most 4."""
    ways = islice(product(*[_sounds(c) for c in run]), READINGS)
    return tuple(dict.fromkeys(("".join(w), "".join(s[0] for s in w)) for w in ways))


def spoken(plain: str) -> dict[str, str]:
    """Pinyin → what is read so, for every word and every one to three words in a row of the text's Chinese."""
    found: dict[str, str] = {}
    for run in _read_in_one(plain):
        for full, _ in readings(run):
            found.setdefault(full, run)
    return found


def initials(plain: str) -> dict[str, str]:
    """Initials → what they stand for, two letters and more."""
    found: dict[str, str] = {}
    for run in _read_in_one(plain):
        for _, short in readings(run):
            if len(short) > 1:
                found.setdefault(short, run)
    return found


def _read_in_one(plain: str) -> Iterator[str]:
    for piece in pieces(plain):
        if not piece.han:
            continue
        words = cut(piece.text)
        for i in range(len(words)):
            for n in range(1, WORDS_READ + 1):
                run = "".join(words[i : i + n])
                if i + n <= len(words) and len(run) <= CHARS_READ:
                    yield run
        yield from (w for w in cut_fine(piece.text) if len(w) > 1)


# --- how far apart -----------------------------------------------------------------------------------------------------


def errors_allowed(word: str) -> int:
    """Typing errors that are forgiven: none in up to 3 letters, one in up to 7, else two; numbers are meant as typed."""
    if len(word) < 4 or any(c.isdigit() for c in word):
        return 0
    return 1 if len(word) < 8 else 2


def distance(a: str, b: str, most: int = 2) -> int:
    """Edits from a to b (a swap of neighbours is one), `most` + 1 when there are more."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i] + [0] * len(b)
        for j, y in enumerate(b, 1):
            row[j] = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if older and j > 1 and x == b[j - 2] and y == a[i - 2]:
                row[j] = min(row[j], older[j - 2] + 1)
        if min(row) > most:
            return most + 1
    return row[-1]
