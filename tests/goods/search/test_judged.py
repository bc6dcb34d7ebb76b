"""The judged questions: the right goods come first, in every kind of question."""

from collections import defaultdict
from math import log2

from jishi.sandbox.demo.shelves import BY_HANDLE

from .judged import Judgement, judgements
from .kit import demo

LEAST = 0.85
LEAST_OF = {"word_zh": 0.9, "word_en": 0.9, "pinyin": 0.85, "initials": 0.85, "typo": 0.75, "synonym": 0.75,
            "traditional": 0.9, "stem": 0.9, "mixed": 0.85}  # fmt: skip
DEEP = 10


def ndcg(judged: Judgement, found: list[str]) -> float:
    """Järvelin and Kekäläinen 2002, gains 2^grade − 1."""

    def gained(grades: list[int]) -> float:
        return sum((2**g - 1) / log2(i + 2) for i, g in enumerate(grades[:DEEP]))

    return gained([judged.grades.get(h, 0) for h in found]) / gained(sorted(judged.grades.values(), reverse=True))


def test_every_judgement_speaks_of_goods_that_are_there() -> None:
    told = judgements()
    assert len(told) >= 150
    assert {h for j in told for h in j.grades} <= set(BY_HANDLE)
    assert len({j.words for j in told}) == len(told)


def test_the_right_goods_come_first() -> None:
    by_kind = defaultdict[str, list[float]](list)
    for j in judgements():
        by_kind[j.kind].append(ndcg(j, demo().handles(j.words, limit=DEEP)))
    means = {kind: sum(v) / len(v) for kind, v in by_kind.items()}
    print({kind: f"{mean:.3f} of {len(by_kind[kind])}" for kind, mean in means.items()})
    every = [n for v in by_kind.values() for n in v]
    assert sum(every) / len(every) >= LEAST
    assert {k: m for k, m in means.items() if m < LEAST_OF[k]} == {}
