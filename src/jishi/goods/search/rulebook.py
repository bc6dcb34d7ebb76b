"""What means the same and what is not answered: the house's own pairs, and the rules of the staff that are in force. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import count
from typing import NamedTuple

from .face import Rule
from .texts import HAN, folded

MAX_SAME = 12  # other ways to say a term
SERIALS = count()
BLANK_IN_HAN = re.compile(rf"(?<=[{HAN}])\s+(?=[{HAN}])")

# What every shop's buyers say in several ways. Staff add their own; a rule of theirs comes beside these.
HOUSE = (
    ("保温杯", "保暖杯", "热水杯", "thermos", "vacuum flask", "insulated bottle"),
    ("水杯", "杯子", "tumbler", "cup"),
    ("马克杯", "mug"),
    ("背包", "双肩包", "书包", "backpack", "rucksack", "knapsack"),
    ("包包", "手提包", "handbag", "purse"),
    ("毛衣", "针织衫", "sweater", "jumper", "pullover", "knitwear"),
    ("t恤", "短袖", "t shirt", "tee"),
    ("运动鞋", "球鞋", "sneaker", "trainer"),
    ("耳机", "耳麦", "headphone", "earphone", "headset"),
    ("充电宝", "移动电源", "power bank", "portable charger"),
    ("台灯", "desk lamp", "reading light", "table lamp"),
    ("抱枕", "靠枕", "靠垫", "cushion", "throw pillow"),
    ("洗手液", "hand wash", "hand soap", "liquid soap"),
    ("肥皂", "香皂", "手工皂", "soap bar", "bar of soap"),
    ("猫", "猫咪", "喵星人", "cat", "kitten", "kitty"),
    ("狗", "狗狗", "犬", "dog", "puppy"),
    ("宝宝", "婴儿", "婴幼儿", "baby", "infant"),
    ("玩具", "toy"),
    ("笔记本", "记事本", "手账", "notebook", "notepad", "journal"),
    ("电饭煲", "电饭锅", "rice cooker"),
    ("雨伞", "伞", "umbrella"),
    ("毛巾", "towel", "washcloth"),
    ("蜡烛", "香薰", "candle"),
    ("睡袋", "sleeping bag"),
    ("帐篷", "tent"),
    ("茶壶", "teapot", "tea pot"),
    ("沙发", "sofa", "couch"),
    ("自行车", "单车", "脚踏车", "bicycle", "bike"),
    ("手机", "mobile phone", "cell phone", "smartphone"),
    ("鼠标", "滑鼠", "mouse"),
)


class Part(NamedTuple):
    """A stretch of a question: as typed, and other ways to say it (folded); none for what no rule knows."""

    text: str
    same: tuple[str, ...]


class Rulebook:
    """The rules at a moment. Made anew when they change or when one begins or ends."""

    def __init__(self, rules: Iterable[Rule] = (), now: int = 0, house: Sequence[Sequence[str]] = HOUSE) -> None:
        self.serial = next(SERIALS)
        live = [r for r in rules if r.valid_from <= now and (not r.valid_to or now < r.valid_to)]
        self.until = min(
            (t for r in rules for t in (r.valid_from, r.valid_to) if t > now), default=1 << 62
        )  # when another one begins or ends
        same: dict[str, dict[str, None]] = {}
        for terms in [*house, *(r.terms for r in live if r.kind == "two_way")]:
            plain = [folded(t) for t in terms]
            for term in plain:
                same.setdefault(term, {}).update(dict.fromkeys(t for t in plain if t != term))
        for r in live:
            if r.kind == "one_way":
                same.setdefault(folded(r.terms[0]), {}).update(dict.fromkeys(folded(t) for t in r.terms[1:]))
        self.same = {term: tuple(others)[-MAX_SAME:] for term, others in same.items()}  # the staff's own come last
        self.known = _pattern(self.same)
        self.forbidden = _pattern(t for r in live if r.kind == "banned" for t in map(folded, r.terms))

    def is_banned(self, plain: str) -> bool:
        """Whether a folded text has a word that is not answered, blanks between its characters or not."""
        found = self.forbidden
        return found is not None and bool(found.search(plain) or found.search(BLANK_IN_HAN.sub("", plain)))

    def parts(self, plain: str) -> list[Part]:
        """The folded question in stretches, the longest known terms first."""
        if self.known is None:
            return [Part(plain, ())]
        found, at = list[Part](), 0
        for m in self.known.finditer(plain):
            if before := plain[at : m.start()].strip():
                found.append(Part(before, ()))
            found.append(Part(m[0], self.same.get(m[0]) or self.same[m[0].removesuffix("s")]))
            at = m.end()
        if rest := plain[at:].strip():
            found.append(Part(rest, ()))
        return found


def _pattern(terms: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern of all terms, the longest first."""
    made = [_alone(t) for t in sorted({t for t in terms if t}, key=lambda t: (-len(t), t))]
    return re.compile("|".join(made)) if made else None


def _alone(term: str) -> str:
    """Chinese words are found in a run, a single character only by itself; words of letters stand alone, with or without
    a plural's s."""
    if not re.search(f"[{HAN}]", term):
        return rf"(?<![^\W_]){re.escape(term)}s?(?![^\W_])"
    return re.escape(term) if len(term) > 1 else f"(?<![{HAN}]){term}(?![{HAN}])"
