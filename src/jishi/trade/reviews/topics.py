"""What a review speaks of, and how: words by theme and tone, a clause at a time. Pure.

A theme is named by its words ("quality", 做工) in a clause, or by a word that says both at once ("delicious", 好吃). The
tone of a clause is the sum of its praising and blaming words, each turned round by a "not" before it; where a clause
names a theme and has no tone, the stars decide (four or five praise, one or two blame, three say nothing). A theme that
is praised and blamed alike is left out. The lexicon is small and readable: `lexicon.toml`; it is data, not a model, so
that everybody can see why a review counts as it does."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from msgspec import Struct

CLAUSES = re.compile(r"[。！？；，、,.!?;\n…]+|\bbut\b|\bhowever\b|但是|不过|但|可是|就是")
MAX_CLAUSES = 200
NOT_EN = re.compile(
    r"(?:\b(?:not|never|no|isn't|wasn't|aren't|don't|doesn't|didn't|hardly|without)\b|n't)\W+(?:\w+\W+){0,2}$"
)
NOT_ZH = re.compile(r"(?:不|没|没有|无|别|未|不太|不怎么|不是很|不够|不算|不会|没有很)$")


class Lexicon(Struct, frozen=True):
    """Of one language: themes' words, and words with a tone (theme "" = of whatever the clause names)."""

    themes: dict[str, list[str]]
    good: dict[str, list[str]]
    bad: dict[str, list[str]]


@cache
def lexicons() -> dict[str, Lexicon]:
    raw = tomllib.loads((Path(__file__).parent / "lexicon.toml").read_text("utf-8"))
    return {lang: Lexicon(part["themes"], part["good"], part["bad"]) for lang, part in raw.items()}


@cache
def patterns(lang: str) -> tuple[list[tuple[str, re.Pattern[str]]], list[tuple[str, int, re.Pattern[str]]]]:
    """(theme, words) and (theme or "", tone, words); longer words first, so that 不新鲜 is met before 新鲜."""
    lexicon = lexicons()[lang]
    themes = [(theme, pattern(lang, words)) for theme, words in lexicon.themes.items()]
    tones = [
        ("" if theme == "any" else theme, tone, pattern(lang, words))
        for tone, part in ((1, lexicon.good), (-1, lexicon.bad))
        for theme, words in part.items()
    ]
    return themes, tones


def pattern(lang: str, words: list[str]) -> re.Pattern[str]:
    joined = "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))
    return re.compile(joined if lang == "zh" else rf"\b(?:{joined})\b")


def tones_of(lang: str, clause: str) -> dict[str, int]:
    """Theme ("" = any) → tone of one clause."""
    denied = NOT_ZH if lang == "zh" else NOT_EN
    found: dict[str, int] = {}
    taken: list[tuple[int, int]] = []
    hits = [
        (m.start(), m.end(), theme, tone) for theme, tone, words in patterns(lang)[1] for m in words.finditer(clause)
    ]
    for start, end, theme, tone in sorted(hits, key=lambda h: (h[0] - h[1], h[0])):  # the longest word wins its place
        if any(start < b and a < end for a, b in taken):
            continue
        taken.append((start, end))
        turned = -tone if denied.search(clause[:start]) else tone
        found[theme] = found.get(theme, 0) + turned
    return found


def topics(text: str, stars: int) -> dict[str, int]:
    """Topic → 1 (praised) or -1 (criticised)."""
    told: dict[str, int] = {}
    for clause in [c for c in CLAUSES.split(text.lower()) if c.strip()][:MAX_CLAUSES]:
        for lang in lexicons():
            tones = tones_of(lang, clause)
            spoken = tones.pop("", 0)
            named = {theme for theme, words in patterns(lang)[0] if words.search(clause)}
            for theme in named | set(tones):
                tone = tones.get(theme, 0) + (spoken if theme in named else 0)
                if not tone and theme in named and not spoken:
                    tone = (stars > 3) - (stars < 3)
                told[theme] = told.get(theme, 0) + (tone > 0) - (tone < 0)
    return {theme: 1 if tone > 0 else -1 for theme, tone in sorted(told.items()) if tone}
