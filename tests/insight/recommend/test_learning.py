"""What is learnt beats popularity where there is taste to learn, and claims nothing where there is none."""

from random import Random

import pytest

from jishi.insight.behaviour import Step, Trail
from jishi.insight.recommend import learning
from jishi.insight.recommend.judging import LEAST, hide, judge
from jishi.insight.recommend.learning import fit, learn, together
from jishi.insight.recommend.model import Learnt
from jishi.insight.recommend.night import learn_and_judge
from jishi.insight.recommend.rules import Visitor, visitors

CLUSTERS, EACH = 10, 20
Histories = tuple[list[dict[int, float]], list[list[int]]]


def buyers(n: int, taste: float, seed: int = 5) -> Histories:
    """Visitors who look at 12 goods and buy 4 of them: with probability `taste` out of their own of ten kinds of goods, else
    out of all; some goods are more popular than others."""
    r = Random(seed)
    goods = [[100 * c + i + 1 for i in range(EACH)] for c in range(CLUSTERS)]
    everything, weight = [p for row in goods for p in row], [1 / (1 + i % EACH) for i in range(CLUSTERS * EACH)]
    histories, bought = [], []
    for _ in range(n):
        own = r.choice(goods)
        seen = [
            r.choices(own, weight[:EACH])[0] if r.random() < taste else r.choices(everything, weight)[0]
            for _ in range(12)
        ]
        took = list(dict.fromkeys(seen[8:]))
        histories.append({p: 1.0 if p in took else 0.4 for p in dict.fromkeys(seen)})
        bought.append(took)
    return histories, bought


def test_taste_is_learnt_and_beats_popularity_beyond_chance() -> None:
    histories, bought = buyers(400, taste=0.8)
    quality = judge(histories, bought, seed=7)
    assert quality is not None
    assert quality.beats
    assert quality.hit > 2 * quality.popular_hit
    assert quality.ndcg > 2 * quality.popular_ndcg
    assert quality.low <= quality.hit <= quality.high
    assert judge(histories, bought, seed=7) == quality


def test_where_there_is_no_taste_nothing_is_claimed() -> None:
    quality = judge(*buyers(400, taste=0.0), seed=7)
    assert quality is not None
    assert not quality.beats


def test_too_few_are_not_judged() -> None:
    histories, bought = buyers(LEAST - 1, taste=0.8)
    assert judge(histories, bought, seed=7) is None
    assert judge([{1: 1.0}] * 100, [[1]] * 100, seed=7) is None  # nothing would be left to judge by


def test_the_hidden_purchase_leaves_no_trace() -> None:
    told = hide({1: 0.4, 2: 1.0, 3: 1.0}, [2, 3])
    assert told is not None
    assert (dict(told.history), told.hidden) == ({1: 0.4, 2: 1.0}, 3)
    assert hide({3: 1.0}, [3]) is None
    assert hide({3: 1.0}, []) is None


def test_the_tail_is_learnt_by_likeness(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for ten dense goods only, the rest still lead to their own kind."""
    monkeypatch.setattr(learning, "DENSE_MAX", 10)
    histories, _ = buyers(400, taste=1.0)
    items, dense, found = learn(histories)
    assert dense == 10
    tail = [i for i in range(10, len(items)) if found[i]]
    assert len(tail) > 100
    kin = [items[found[i][0][0]] // 100 == items[i] // 100 for i in tail]
    assert sum(kin) == len(kin)


def test_bought_together_needs_more_than_chance_and_more_than_one_order() -> None:
    at = {p: i for i, p in enumerate((1, 2, 3, 4))}
    sold = {1: 50, 2: 50, 3: 500, 4: 1}
    rows = together(at, {(1, 2): 20, (1, 3): 41, (1, 4): 1}, sold)  # 3 is in most orders anyway
    assert [j for j, _ in rows[0]] == [1]
    assert [j for j, _ in rows[1]] == [0]
    assert rows[2] == rows[3] == []
    assert 0 < rows[0][0][1] < 20 / 50  # shrunk


def test_a_model_is_read_as_it_was_written() -> None:
    histories, _ = buyers(200, taste=0.8)
    raw, dense = fit(histories, {(1, 2): 9}, {1: 9, 2: 9, 9_000_000_000_000: 9})
    learnt = Learnt(3, raw)
    assert dense > 100
    assert [p for p, _ in learnt.together.of(1)] == [2]
    assert list(learnt.liked.of(9_000_000_000_000)) == list(learnt.liked.of(77_777)) == []
    items, _, found = learn(histories)
    at = items.index(1)
    assert [p for p, _ in learnt.liked.of(1)] == [items[j] for j, _ in found[at]]
    best = learnt.liked.best({1: 1.0, 2: 1.0})
    assert not {1, 2} & {p for p, _, _ in best}
    assert {because for _, _, because in best} <= {1, 2}
    assert [s for _, s, _ in best] == sorted((s for _, s, _ in best), reverse=True)


def test_trails_of_a_pseudonym_are_one_history_and_a_purchase_counts_most() -> None:
    trails = [
        Trail("a", 1, 10, True, [Step("view", 5), Step("buy", 6), Step("search", 0)]),
        Trail("a", 1, 11, True, [Step("view", 6), Step("cart", 5), Step("buy", 6)]),
        Trail("b", 1, 10, True, [Step("search", 0)]),
        Trail("c", 1, 10, True, [Step("view", 7)]),
    ]
    assert visitors(trails) == ([Visitor({5: 0.8, 6: 1.0}, [6]), Visitor({7: 0.4}, [])], 6)


def test_an_empty_night_teaches_nothing_and_breaks_nothing() -> None:
    night = learn_and_judge([], {(1, 2): 3}, {1: 3, 2: 3}, 7)
    assert (night.items, night.dense, night.quality) == (2, 0, None)
    assert [p for p, _ in Learnt(1, night.raw).together.of(1)] == [2]
