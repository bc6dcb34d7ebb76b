"""Words by theme and tone: each case can be read and disputed."""

import pytest
from hypothesis import given, strategies as st

from jishi.trade.reviews.rules import DAY_MS, language, low, plain, question_rank, rank, review_id
from jishi.trade.reviews.terms import TOPICS
from jishi.trade.reviews.topics import lexicons, topics

SAID = [
    ("质量很好，物流很快", 5, {"quality": 1, "delivery": 1}),
    ("质量不好", 2, {"quality": -1}),
    ("尺码偏小，但是面料很舒服", 4, {"size": -1, "comfort": 1}),
    ("包装破损了，客服态度很好", 3, {"packaging": -1, "service": 1}),
    ("味道不错，价格有点贵", 4, {"taste": 1, "value": -1}),
    ("没有异味", 5, {"smell": 1}),
    ("不好用", 1, {"use": -1}),
    ("色差大，不好看", 2, {"look": -1}),
    ("收到货了", 5, {"delivery": 1}),  # no tone of its own: the stars say it
    ("收到货了", 1, {"delivery": -1}),
    ("收到货了", 3, {}),
    ("Great quality but too small", 4, {"quality": 1, "size": -1}),
    ("The quality is not good", 2, {"quality": -1}),
    ("Delivery was late and the box was crushed", 2, {"delivery": -1, "packaging": -1}),
    ("Tastes delicious, easy to use", 5, {"taste": 1, "use": 1}),
    ("It isn't comfortable", 2, {"comfort": -1}),
    ("Not worth the money", 1, {"value": -1}),
    ("The colour looks beautiful. The colour looks ugly.", 3, {}),  # praised and blamed alike
    ("", 5, {}),
    ("。。。!!!", 1, {}),
]


@pytest.mark.parametrize(("text", "stars", "told"), SAID)
def test_what_a_review_speaks_of(text: str, stars: int, told: dict[str, int]) -> None:
    assert topics(text, stars) == told


def test_the_lexicon_speaks_of_the_themes_that_pages_name() -> None:
    for lexicon in lexicons().values():
        assert set(lexicon.themes) == set(TOPICS)
        assert (set(lexicon.good) | set(lexicon.bad)) - {"any"} <= set(TOPICS)
        for words in [*lexicon.themes.values(), *lexicon.good.values(), *lexicon.bad.values()]:
            assert all(w == w.lower().strip() and w for w in words)
        good = {w for ws in lexicon.good.values() for w in ws}
        assert not good & {w for ws in lexicon.bad.values() for w in ws}


@given(st.text(max_size=300), st.integers(1, 5))
def test_any_text_has_topics_of_the_list_or_none(text: str, stars: int) -> None:
    assert set(topics(text, stars)) <= set(TOPICS)
    assert plain(plain(text)) == plain(text)
    assert language(text) in ("zh", "en", "other")


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("很好 good", "zh"),
        ("good", "en"),
        ("とても良い", "other"),
        ("5/5", "other"),
        ("хорошо", "other"),
        ("좋아요", "other"),
    ],
)
def test_the_language_of_a_text(text: str, lang: str) -> None:
    assert language(text) == lang


@given(st.integers(0, 10**6), st.integers(0, 12), st.integers(1, 5), st.integers(10**12, 4 * 10**12))
def test_orders_fit_what_json_holds_exactly(votes: int, pictures: int, stars: int, at: int) -> None:
    for value in (rank(votes, "x" * 500, pictures, at, follow_up=True), low(stars, at), question_rank(9, at)):
        assert 0 <= value < 1 << 53
    assert rank(1, "", 0, at, follow_up=False) > rank(0, "", 0, at + DAY_MS, follow_up=False)
    assert low(1, at) > low(2, at + DAY_MS)


@given(st.integers(1, (1 << 63) - 1), st.integers(1, 100))
def test_a_line_has_one_id_of_63_bits(order_id: int, line: int) -> None:
    assert 0 <= review_id(order_id, line) < 1 << 63
    assert review_id(order_id, line) != review_id(order_id, line + 1)
