"""What words mean: synonyms and banned words of the staff, suggestions, the log, and whatever somebody types."""

import time
from typing import Any

import pytest

from jishi.goods.search import FindQuery, LogQuery, PutRules, Rule, SuggestQuery, WrongRule
from jishi.goods.search.rulebook import Rulebook
from jishi.goods.search.texts import distance, errors_allowed, folded, readings, terms
from jishi.kernel import Fault, Forbidden
from tests.kit import STAFF, Clock

from .hostile import STRINGS
from .kit import GUEST, Market, demo

DAY = 86_400_000
SLOWEST_S = 1.0  # of one hostile question, on a crowded machine


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("保溫盃 480 毫升", "保温杯 480ml"),
        ("ＹＯＧＡ Mat", "yoga mat"),
        ("Café Crème", "cafe creme"),
        ("1.50 L", "1.5l"),
        ("5 公斤 大米", "5kg 大米"),
        ("Pomelo's", "pomelo"),
        ("a\x00b\u202ec", "a b c"),
    ],
)
def test_texts_are_folded(typed: str, plain: str) -> None:
    assert folded(typed) == plain


def test_words_are_cut_and_stemmed() -> None:
    assert terms(folded("不锈钢保温杯")) == ["不锈", "不锈钢", "保温", "保温杯"]
    assert terms(folded("running shoes for the walk")) == ["run", "shoe", "walk"]


def test_characters_are_read_in_all_their_ways() -> None:
    assert ("chongqing", "cq") in readings("重庆")
    assert readings("保温杯")[0] == ("baowenbei", "bwb")


@pytest.mark.parametrize(("word", "n"), [("cup", 0), ("mugs", 1), ("teapots", 1), ("umbrella", 2), ("480ml", 0)])
def test_short_words_are_meant_as_typed(word: str, n: int) -> None:
    assert errors_allowed(word) == n


@pytest.mark.parametrize(
    ("a", "b", "n"), [("teapto", "teapot", 1), ("flsk", "flask", 1), ("cup", "cup", 0), ("abc", "xyz", 3)]
)
def test_edits_are_counted_with_swaps(a: str, b: str, n: int) -> None:
    assert distance(a, b) == n == distance(b, a)


async def put(market: Market, kind: str, *words: str, **more: Any) -> None:
    await market.search.put_words(STAFF, PutRules([Rule(0, kind, list(words), **more)]))


async def test_two_way_synonyms_find_both_and_one_way_ones_one(market: Market) -> None:
    await market.product("beaker", en="Beaker")
    await market.product("goblet", en="Goblet")
    assert await market.handles("beaker") == ["beaker"]
    await put(market, "two_way", "beaker", "Goblet")
    assert await market.handles("beaker") == ["beaker", "goblet"]  # what was typed comes first
    assert await market.handles("goblets") == ["goblet", "beaker"]
    rules = (await market.search.words(STAFF, _rules())).rows
    await market.search.put_words(STAFF, PutRules([Rule(rules[0].id, "one_way", ["beaker", "goblet"])]))
    assert await market.handles("beaker") == ["beaker", "goblet"]
    assert await market.handles("goblet") == ["goblet"]
    await market.search.put_words(STAFF, PutRules(drop=[rules[0].id]))
    assert await market.handles("beaker") == ["beaker"]


def _rules() -> Any:
    from jishi.goods.search import RulesQuery

    return RulesQuery()


async def test_rules_have_their_days(market: Market, clock: Clock) -> None:
    await market.product("beaker", en="Beaker")
    await put(market, "two_way", "goblet", "beaker", valid_from=clock.ms + DAY, valid_to=clock.ms + 2 * DAY)
    assert await market.handles("goblet") == []
    clock.pass_time(days=1)
    assert await market.handles("goblet") == ["beaker"]
    clock.pass_time(days=1)
    assert await market.handles("goblet") == []


async def test_a_banned_word_is_answered_with_nothing_however_it_is_written(market: Market) -> None:
    await market.product("gun", "玩具枪", "Toy gun")
    assert await market.handles("gun") == ["gun"]
    await put(market, "banned", "gun", "玩具枪")
    for words in ("gun", "GUNS", "toy gun cheap", "玩具枪", "玩 具 枪", "玩具槍"):
        found = await market.find(words)
        assert (found.rows, found.total, found.nearest, found.corrected) == ([], 0, [], "")
        assert await market.suggested(words) == []
    assert await market.handles("toy") == ["gun"]  # goods are staff's to unpublish
    assert [a.words for a in (await market.search.log(STAFF, LogQuery())).rows] == ["gun", "toy"]


@pytest.mark.parametrize(
    ("kind", "words", "more", "reason"),
    [
        ("other", ["a", "b"], {}, "kind"),
        ("two_way", ["a", "A"], {}, "terms"),
        ("banned", [" "], {}, "terms"),
        ("two_way", ["a", "x" * 101], {}, "terms"),
        ("two_way", ["a", "b"], {"valid_from": 5, "valid_to": 5}, "dates"),
    ],
)
async def test_wrong_rules_change_nothing(market: Market, kind: str, words: list[str], more: Any, reason: str) -> None:
    with pytest.raises(WrongRule) as e:
        await put(market, kind, *words, **more)
    assert e.value.body.reason == reason
    assert (await market.search.words(STAFF, _rules())).rows == []


async def test_words_are_the_staffs(market: Market) -> None:
    for verb, ask in (
        (market.search.words, _rules()),
        (market.search.put_words, PutRules()),
        (market.search.log, LogQuery()),
    ):
        with pytest.raises(Forbidden):
            await verb(GUEST, ask)


async def test_the_log_counts_questions_and_keeps_nothing_personal(market: Market, clock: Clock) -> None:
    await market.product("cup", en="Cup")
    for words in ("cup", "Cup", "beaker", "13812348000", "me@example.com", "+49 170 1234567"):
        await market.find(words)
    await market.find("cup", in_stock=True)  # a step of narrowing is no question
    await market.search.write_down()  # as the keeper does every few seconds
    clock.pass_time(days=1)
    await market.find("cup")
    log = await market.search.log(STAFF, LogQuery())
    assert [(a.words, a.times, a.results, a.none_times) for a in log.rows] == [("cup", 3, 1, 0), ("beaker", 1, 0, 1)]
    assert [(d.times, d.none_times) for d in log.days] == [(3, 1), (1, 0)]
    unmet = await market.search.log(STAFF, LogQuery(none=True))
    assert [a.words for a in unmet.rows] == ["beaker"]


async def test_beginnings_suggest_in_every_script(market: Market) -> None:
    await market.product("cup", "青柚保温杯", "Pomelo travel cup", brand="Pomelo")
    for begun in ("保", "保温", "baow", "bwb", "trav", "pomelo tr", "POM"):
        assert ("product", "cup") in await market.suggested(begun), begun
    assert ("brand", "pomelo") in await market.suggested("pome")
    assert await market.suggested("zzz") == []
    for _ in range(3):
        await market.find("travel cup")
    market.search.popular((await market.search.log(STAFF, LogQuery())).rows)
    assert (await market.suggested("tra"))[0] == ("query", "travel cup")
    assert len((await market.search.suggest(GUEST, SuggestQuery("p", 99))).rows) <= 10


def test_house_synonyms_are_whole_words() -> None:
    rules = Rulebook()
    assert [p.text for p in rules.parts("cattle")] == ["cattle"]
    assert [p.text for p in rules.parts("猫粮")] == ["猫粮"]
    assert rules.parts("red mugs")[1].same


# --- whatever somebody types -------------------------------------------------------------------------------------------


def test_there_are_hostile_strings_enough() -> None:
    assert len(set(STRINGS)) >= 300


def test_no_words_break_the_search_or_take_long() -> None:
    d = demo()
    for text in STRINGS:
        began = time.perf_counter()
        found = d.found(text, limit=3)
        value = text[:200]
        d.found("cup", category=value, brands=[value], facts={value: [value]}, ships_from=[value])
        assert time.perf_counter() - began < SLOWEST_S, text[:80]
        assert found.total >= 0


def test_wrong_cursors_and_sorts_are_told_as_such() -> None:
    d = demo()
    codes = set()
    for text in STRINGS:
        for asked in ({"cursor": text}, {"sort": text}):
            if not text:
                continue
            try:
                d.finder.find(GUEST, FindQuery("cup", **asked), d.volume, d.names, d.rules)
            except Fault as e:
                codes.add(e.code)
    assert codes == {"cursor.wrong", "input.invalid"}


def test_what_is_asked_has_a_limit() -> None:
    d = demo()
    for asked in (
        {"brands": ["b"] * 21}, {"merchant_ids": [-1]}, {"merchant_ids": [1 << 63]}, {"price_from": -1},
        {"price_to": 1 << 60}, {"facts": {str(n): ["x"] for n in range(21)}},
    ):  # fmt: skip
        with pytest.raises(Fault) as e:
            d.found("cup", **asked)
        assert e.value.code == "input.invalid"
