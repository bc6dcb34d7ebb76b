"""Exact vectors of CN, EU (included) and US (added); dates; what is not known; the provider in front."""

import asyncio
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from jishi.grants import grants
from jishi.kernel import Database, Forbidden, Invalid
from jishi.kernel.market import markets
from jishi.kernel.place import Region
from jishi.trade.tax import LineTax, RatesMissing, Taxes, TaxLine, TaxQuery
from jishi.trade.tax.rules import half_up, reckon, taxes
from jishi.trade.tax.service import TaxService, faults
from jishi.trade.tax.table import place_of, read, shipped
from jishi.trade.tax.tables import module
from tests.kit import buyer, module as via

CHECKOUT = via("trade.checkout")
NOW = int(datetime(2026, 4, 26, tzinfo=UTC).timestamp() * 1000)


def at(day, zone="UTC"):
    return int(datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def query(to, *lines, included=True, when=NOW):
    """Lines: (class, minor) of merchant 5, or (class, minor, merchant)."""
    drawn = [TaxLine(n, line[0], line[1], (*line, 5)[2]) for n, line in enumerate(lines, 1)]
    return TaxQuery(to, "XXX", included, drawn, when)


def one(country, tax_class, minor, *, included=True, when=NOW, province="", postcode=""):
    to = Region(country, province, postcode=postcode)
    (line,) = taxes(query(to, (tax_class, minor), included=included, when=when), when, shipped()).lines
    return line


@pytest.mark.parametrize(
    ("country", "tax_class", "gross", "net", "tax", "rate_bp", "rate_id"),
    [
        ("CN", "standard", 12900, 11416, 1484, 1300, "CN-VAT-13@2019-04-01"),
        ("CN", "standard", 11300, 10000, 1300, 1300, "CN-VAT-13@2019-04-01"),
        ("CN", "standard", 1, 1, 0, 1300, "CN-VAT-13@2019-04-01"),
        ("CN", "food", 9990, 8841, 1149, 1300, "CN-VAT-13@2019-04-01"),
        ("CN", "book", 4580, 4202, 378, 900, "CN-VAT-9@2019-04-01"),
        ("CN", "farm", 10900, 10000, 900, 900, "CN-VAT-9@2019-04-01"),
        ("CN", "service", 10600, 10000, 600, 600, "CN-VAT-6@2016-05-01"),
        ("DE", "standard", 11900, 10000, 1900, 1900, "DE-VAT-19@2021-01-01"),
        ("DE", "standard", 999, 839, 160, 1900, "DE-VAT-19@2021-01-01"),
        ("DE", "book", 1490, 1393, 97, 700, "DE-VAT-7@2021-01-01"),
        ("FR", "standard", 4990, 4158, 832, 2000, "FR-VAT-20@2014-01-01"),
        ("FR", "food", 1055, 1000, 55, 550, "FR-VAT-5.5@2014-01-01"),
        ("FI", "standard", 12550, 10000, 2550, 2550, "FI-VAT-25.5@2024-09-01"),
        ("CN", "standard", 0, 0, 0, 1300, "CN-VAT-13@2019-04-01"),
    ],
)
def test_tax_that_is_in_the_price(country, tax_class, gross, net, tax, rate_bp, rate_id):
    assert one(country, tax_class, gross) == LineTax(1, net, tax, gross, rate_bp, rate_id, "half_up_line")


@pytest.mark.parametrize(
    ("state", "tax_class", "net", "tax", "rate_bp", "rate_id"),
    [
        ("CA", "standard", 1999, 145, 725, "US-CA-SALES-7.25@2017-01-01"),
        ("California", "standard", 200, 15, 725, "US-CA-SALES-7.25@2017-01-01"),  # 14.5 goes up
        ("NY", "standard", 1999, 80, 400, "US-NY-SALES-4@2005-06-01"),
        ("wa", "standard", 100, 7, 650, "US-WA-SALES-6.5@1983-06-01"),  # 6.5 goes up
        ("TX", "book", 8, 1, 625, "US-TX-SALES-6.25@1990-07-01"),  # 0.5 goes up
        ("TX", "standard", 7, 0, 625, "US-TX-SALES-6.25@1990-07-01"),
        ("OR", "standard", 1999, 0, 0, "US-OR-SALES-0@1970-01-01"),
        ("俄勒冈州", "service", 1999, 0, 0, "US-OR-SALES-0@1970-01-01"),
        ("CA", "food", 1999, 0, 0, "US-CA-SALES-0@2017-01-01"),
    ],
)
def test_tax_that_is_added(state, tax_class, net, tax, rate_bp, rate_id):
    told = one("US", tax_class, net, included=False, province=state)
    assert told == LineTax(1, net, tax, net + tax, rate_bp, rate_id, "half_up_line")


def test_each_line_is_rounded_by_itself_and_says_so():
    asked = query(Region("CN"), ("standard", 100), ("standard", 100), ("book", 100))
    assert [(x.net, x.tax, x.gross) for x in taxes(asked, NOW, shipped()).lines] == [
        (88, 12, 100),
        (88, 12, 100),
        (92, 8, 100),
    ]


@pytest.mark.parametrize(
    ("lines", "rate_bp"),
    [
        ([("standard", 100), ("freight", 10)], 1900),
        ([("book", 100), ("freight", 10)], 700),
        ([("book", 60), ("standard", 100), ("book", 50), ("freight", 10)], 700),
        ([("book", 100), ("standard", 100), ("freight", 10)], 1900),
        ([("book", 100, 6), ("standard", 1, 5), ("freight", 10, 6)], 700),
        ([("freight", 10)], 1900),
    ],
)
def test_freight_bears_the_rate_of_the_goods_it_brings(lines, rate_bp):
    told = taxes(query(Region("DE"), *lines), NOW, shipped()).lines[-1]
    assert (told.rate_bp, told.gross) == (rate_bp, 10)


def test_freight_has_its_own_rate_where_the_law_has_one():
    told = taxes(query(Region("US", "CA"), ("standard", 1000), ("freight", 500), included=False), NOW, shipped())
    assert [(x.tax, x.gross) for x in told.lines] == [(73, 1073), (0, 500)]
    told = taxes(query(Region("US", "WA"), ("standard", 1000), ("freight", 500), included=False), NOW, shipped())
    assert [(x.tax, x.gross) for x in told.lines] == [(65, 1065), (33, 533)]


@pytest.mark.parametrize(
    ("country", "day", "zone", "rate_bp"),
    [
        ("CN", "2019-03-31T23:59:59", "Asia/Shanghai", 1600),
        ("CN", "2019-04-01T00:00:00", "Asia/Shanghai", 1300),
        ("CN", "2019-03-31T16:00:00", "UTC", 1300),  # it is April in Shanghai
        ("DE", "2020-06-30T23:59:59", "Europe/Berlin", 1900),
        ("DE", "2020-07-01T00:00:00", "Europe/Berlin", 1600),
        ("DE", "2020-12-31T23:59:59", "Europe/Berlin", 1600),
        ("DE", "2021-01-01T00:00:00", "Europe/Berlin", 1900),
    ],
)
def test_the_rate_is_that_of_the_day_in_the_place(country, day, zone, rate_bp):
    assert one(country, "standard", 100, when=at(day, zone)).rate_bp == rate_bp


@pytest.mark.parametrize(
    ("to", "tax_class", "when"),
    [
        (Region("BR"), "standard", NOW),
        (Region("CN"), "jewels", NOW),
        (Region("CN"), "freight-forward", NOW),
        (Region("US"), "standard", NOW),
        (Region("US", "NV"), "standard", NOW),
        (Region("US", "CA"), "service", NOW),
        (Region("NL"), "book", NOW),
        (Region("ES", postcode="35001"), "standard", NOW),
        (Region("CN"), "standard", at("2018-04-30")),
        (Region(""), "standard", NOW),
    ],
)
def test_what_is_not_known_is_refused_and_never_free_of_tax(to, tax_class, when):
    with pytest.raises(RatesMissing) as e:
        taxes(query(to, (tax_class, 100), when=when), when, shipped())
    assert (e.value.country, e.value.tax_class) == (to.country, tax_class)


def test_freight_of_goods_without_a_rate_is_refused_too():
    with pytest.raises(RatesMissing) as e:
        taxes(query(Region("CN"), ("freight", 10), ("jewels", 10)), NOW, shipped())
    assert e.value.tax_class == "jewels"


def test_the_table_names_its_sources_and_covers_the_markets_that_ship():
    for place in shipped().values():
        assert all(r.source for r in place.rates)
        assert place.rate("standard", NOW)
    served = {c for m in markets().values() for c in m.serves} - {"US"}
    assert served <= set(shipped())
    assert place_of(Region("US", " oregon "), shipped()).code == "US-OR"


ROW = """
[[XX.rates]]
classes = ["a"]
rate_bp = 1
valid_from = 2020-01-01
source = "law"
"""
HEAD = """
[XX]
kind = "VAT"
zone = "UTC"
"""


@pytest.mark.parametrize(
    "text",
    [
        HEAD + ROW + ROW.replace("2020", "2021"),  # both hold in 2021
        HEAD + ROW.replace("law", ""),
        HEAD + ROW.replace("rate_bp = 1", "rate_bp = -1"),
        HEAD + ROW + "valid_to = 2020-01-01",
        HEAD + ROW + "valid_until = 2021-01-01",
        HEAD.replace("UTC", "Mars") + ROW,
    ],
)
def test_a_wrong_table_is_refused_when_read(text):
    assert read(HEAD + ROW)["XX"].rate("a", NOW)
    with pytest.raises((ValueError, KeyError)):
        read(text)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**12), st.integers(0, 9_999), st.booleans())
def test_gross_is_net_and_tax_and_an_included_amount_is_kept(minor, rate_bp, included):
    net, tax = reckon(minor, rate_bp, included=included)
    assert (net + tax if included else net) == minor
    assert net >= 0
    assert tax >= 0
    # the tax is that of the net within half a unit, whichever way it was asked
    assert abs(tax * 10_000 - net * rate_bp) <= (10_000 + rate_bp) // 2 + 1


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from([Region("CN"), Region("DE"), Region("FR"), Region("US", "OR")]),
    st.lists(st.tuples(st.sampled_from(["standard", "food", "book", "freight"]), st.integers(0, 10**9)), min_size=1),
    st.booleans(),
)
def test_every_line_is_taxed_once_with_what_gave_its_figure(to, lines, included):
    asked = query(to, *lines, included=included)
    told = taxes(asked, NOW, shipped())
    assert [x.n for x in told.lines] == [x.n for x in asked.lines]
    for line, x in zip(asked.lines, told.lines, strict=True):
        assert x.gross == x.net + x.tax
        assert (x.gross if included else x.net) == line.minor
        assert x.rate_id.startswith(to.country)
        assert x.rounding == "half_up_line"


@given(st.integers(0, 10**12), st.integers(1, 10**6))
def test_a_half_goes_up(a, b):
    assert half_up(a, b) == (a // b) + (2 * (a % b) >= b)


# --- the service --------------------------------------------------------------------------------------------------------


class Outside:
    """A provider that answers what it is told to."""

    def __init__(self, answer):
        self.answer = answer

    async def taxes(self, asked):
        if isinstance(self.answer, Exception):
            raise self.answer
        return await self.answer(asked) if callable(self.answer) else self.answer


def service(engine, provider=None):
    return TaxService(Database(engine, module), grants(), provider, wait_s=0.01)


ASKED = query(Region("US", "CA"), ("standard", 1000), included=False)
TABLE = Taxes([LineTax(1, 1000, 73, 1073, 725, "US-CA-SALES-7.25@2017-01-01", "half_up_line")])
LOCAL = Taxes([LineTax(1, 1000, 95, 1095, 950, "outside:los-angeles", "half_up_line")])


async def test_the_table_decides_by_the_clock_where_no_moment_is_given(engine, clock):
    clock.ms = at("2020-08-01")
    told = await service(engine).taxes(CHECKOUT, query(Region("DE"), ("standard", 11600), when=0))
    assert [(x.net, x.tax, x.rate_bp) for x in told.lines] == [(10000, 1600, 1600)]
    clock.ms = NOW
    told = await service(engine).taxes(CHECKOUT, query(Region("DE"), ("standard", 11900), when=0))
    assert [(x.net, x.tax, x.rate_bp) for x in told.lines] == [(10000, 1900, 1900)]


async def test_a_providers_answer_comes_first(engine):
    assert await service(engine, Outside(LOCAL)).taxes(CHECKOUT, ASKED) == LOCAL


async def hang(asked):
    await asyncio.sleep(3600)


@pytest.mark.parametrize(
    "answer",
    [
        RuntimeError("away"),
        TimeoutError(),
        RatesMissing("US", "standard"),
        hang,
        Taxes([]),
        Taxes(LOCAL.lines * 2),
        Taxes([LineTax(2, 1000, 95, 1095, 950, "x", "half_up_line")]),
        Taxes([LineTax(1, 1000, 95, 1094, 950, "x", "half_up_line")]),
        Taxes([LineTax(1, 999, 95, 1094, 950, "x", "half_up_line")]),
        Taxes([LineTax(1, 1000, -5, 995, 950, "x", "half_up_line")]),
        Taxes([LineTax(1, 1000, 95, 1095, 950, "", "half_up_line")]),
        None,
    ],
)
async def test_without_a_providers_answer_that_adds_up_the_table_decides(engine, answer):
    assert await service(engine, Outside(answer)).taxes(CHECKOUT, ASKED) == TABLE


async def test_without_provider_and_row_the_sale_is_refused(engine):
    unknown = query(Region("BR"), ("standard", 1000))
    with pytest.raises(RatesMissing):
        await service(engine, Outside(RuntimeError("away"))).taxes(CHECKOUT, unknown)
    with pytest.raises(RatesMissing):
        await service(engine).taxes(CHECKOUT, unknown)


async def test_only_checkout_asks_and_only_in_order(engine):
    with pytest.raises(Forbidden):
        await service(engine).taxes(buyer(), ASKED)
    for lines in (
        [],
        [TaxLine(1, "standard", -1, 5)],
        [TaxLine(1, "standard", 1, 5)] * 2,
        [TaxLine(1, "a", 10**15, 5)],
    ):
        with pytest.raises(Invalid):
            await service(engine).taxes(CHECKOUT, TaxQuery(Region("CN"), "CNY", True, lines))
    many = TaxQuery(Region("CN"), "CNY", True, [TaxLine(n, "standard", 1, 5) for n in range(501)])
    assert [f.field for f in faults(many)] == ["lines"]


def test_days_are_dates_not_moments():
    assert shipped()["CN"].rates[2].valid_from == date(2019, 4, 1)
