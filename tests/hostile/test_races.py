"""Many at once and in any order, over HTTP: one key is one order, one payment is one capture, and both ends of a race agree."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from jishi.goods.pricing import PriceDraft, SetPrices
from jishi.goods.promotions import Amount, PromotionDraft, PutPromotion
from jishi.kernel import SYSTEM
from jishi.kernel.ids import decode
from jishi.people.accounts import OpenGuest
from jishi.sandbox.memory import Note
from jishi.sandbox.stripe import Gateway, GatewaySettings
from jishi.sandbox.stripe.deliver import signature
from jishi.sim.invariants import ALWAYS
from jishi.trade.payments.providers.cod import Cod
from jishi.trade.payments.providers.stripe import Stripe, StripeSettings
from tests.kit import STAFF, Clock, engine_on

from .kit import House, housed, opened, problem

TRADE = "trade_%"


@pytest.fixture(params=["sqlite", pytest.param("maria", marks=pytest.mark.engines)])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    async with opened(tmp_path, request.param) as made:
        yield made
        await sound(made)


async def sound(house: House) -> None:
    """What must never be otherwise is not."""
    await house.drain()
    if house.engine.dialect == "sqlite":  # the checks are written in its SQL
        for name, sql in ALWAYS.items():
            assert await house.ask(sql) == [], name
    assert await house.shop.relay.dead() == []


async def count(house: House, table: str, where: str = "1 = 1") -> int:
    return int(await house.one(f"SELECT COUNT(*) FROM {table} WHERE {where}"))


async def reprice(house: House, code: str, merchant: str, minor: int) -> None:
    draft = PriceDraft(decode("lst", house.listing[code]), "CN", "CNY", minor)
    await house.shop.pricing.set_prices(STAFF, SetPrices(decode("mer", house.merchant[merchant]), [draft]))
    house.clock.pass_time(ms=1)


# --- placing ---------------------------------------------------------------------------------------------------------------


async def test_fifty_posts_with_one_key_are_one_order(house: House) -> None:
    body = house.placing(await house.quote(TEA=1, LAMP=1))
    got = await asyncio.gather(*[house.api("POST", "/orders", "owner", key="one", json=body) for _ in range(50)])
    assert {r.status_code for r in got} == {201}
    assert len({r.content for r in got}) == 1
    assert [await count(house, f"trade_orders_{t}") for t in ("parents", "children")] == [1, 2]
    assert await count(house, "trade_payments_intents") == 1
    assert await house.one("SELECT SUM(reserved) FROM goods_inventory_levels") == 2
    again = await house.api("POST", "/orders", "owner", key="one", json=body)
    assert (again.status_code, again.content) == (201, got[0].content)
    other = await house.api("POST", "/orders", "owner", key="one", json=body | {"method": "cod"})
    assert problem(other)[:2] == (422, "checkout.key_reused")


async def test_the_last_piece_goes_to_one_of_fifty(house: House) -> None:
    quotes = [
        house.placing(await house.quote(who, LAST=1))
        for who in ("owner", "other", "guest", "stranger")
        for _ in range(12)
    ]
    people = [who for who in ("owner", "other", "guest", "stranger") for _ in range(12)]
    got = await asyncio.gather(
        *[
            house.api("POST", "/orders", who, key=f"k{i}", json=q)
            for i, (who, q) in enumerate(zip(people, quotes, strict=True))
        ]
    )
    codes = [problem(r)[:2] for r in got]
    assert codes.count((201, "")) == 1
    assert set(codes) <= {(201, ""), (409, "stock.out"), (409, "checkout.too_many_open")}
    assert await house.ask("SELECT on_hand, reserved FROM goods_inventory_levels WHERE on_hand = 1") == [(1, 1)]


async def test_the_last_use_of_an_offer_goes_to_one_of_fifty(house: House) -> None:
    """Whoever is refused is told so, keeps no stock, and may have a new quote without it."""
    names = {"en": "ten off", "zh-CN": "减十元"}
    draft = PromotionDraft(names, "cross_shop", Amount(1_000), "CN", "CNY", budget_uses=1, payer="platform")
    offer = await house.shop.promotions.put(STAFF, PutPromotion("race", draft))
    people = [f"buyer-{i}" for i in range(50)]
    for who in people:
        house.tokens[who] = (await house.shop.accounts.open_guest(SYSTEM, OpenGuest())).token
    quotes = [house.placing(await house.quote(who, TEA=1)) for who in people]
    assert len({q["total"] for q in quotes}) == 1
    got = await asyncio.gather(
        *[
            house.api("POST", "/orders", who, key="race", json=q)
            for who, q in zip([*people, *people], [*quotes, *quotes], strict=True)  # each of them clicks twice
        ]
    )
    codes = [problem(r)[:2] for r in got]
    assert (codes.count((201, "")), codes.count((409, "promotion.spent"))) == (2, 98)
    assert len({r.content for r in got if r.status_code == 201}) == 1
    assert await count(house, "trade_orders_parents") == 1
    assert await house.one("SELECT SUM(reserved) FROM goods_inventory_levels") == 1
    assert await house.ask(
        f"SELECT held_minor, used_minor, held_uses, used_uses FROM goods_promotions_budgets WHERE promotion_id = {offer.id}"
    ) == [(1_000, 0, 1, 0)]
    loser = next(who for who, r in zip(people, got, strict=False) if r.status_code == 409)
    fresh = await house.quote(loser, TEA=1)
    assert fresh["total"]["minor"] == quotes[0]["total"] + 1_000
    bought = await house.api("POST", "/orders", loser, key="again", json=house.placing(fresh))
    assert bought.status_code == 201


async def test_an_offer_that_ran_out_is_told_on_the_page_with_the_new_total(house: House) -> None:
    names = {"en": "ten off", "zh-CN": "减十元"}
    draft = PromotionDraft(names, "cross_shop", Amount(1_000), "CN", "CNY", budget_uses=1, payer="platform")
    await house.shop.promotions.put(STAFF, PutPromotion("page", draft))
    quote = await house.quote(TEA=1)
    form = await shown(house, quote)
    await house.place("other", TEA=1)
    page = await house.page("POST", "/checkout/place", "owner", form)
    assert page.status_code == 409
    assert house.app.state.site.words.t("faults.promotion.spent", "en")[:20] in page.text
    assert f'name="total" value="{quote["total"]["minor"] + 1_000}"' in page.text
    assert await count(house, "trade_orders_parents") == 1


def key_on(page: httpx.Response) -> str:
    found = re.search(r'name="key" value="([0-9a-f]{32})"', page.text)
    assert found is not None
    return found[1]


async def shown(house: House, quote: dict[str, Any]) -> dict[str, Any]:
    """The place form as a browser has it: with the key that the page was drawn with."""
    page = await house.page("GET", f"/checkout?quote={quote['id']}", "owner")
    assert page.status_code == 200
    return {
        "quote": quote["id"],
        "total": quote["total"]["minor"],
        "method": "card",
        "key": key_on(page),
        "buy": "",
    }


async def test_a_double_click_is_one_order(house: House) -> None:
    form = await shown(house, await house.quote(TEA=1))
    got = await asyncio.gather(*[house.page("POST", "/checkout/place", "owner", form) for _ in range(2)])
    got.append(await house.page("POST", "/checkout/place", "owner", form))  # and once more, by the back button
    assert [r.status_code for r in got] == [303, 303, 303]
    assert len({r.headers["location"] for r in got}) == 1  # the same page of the provider
    assert [await count(house, t) for t in ("trade_orders_parents", "trade_payments_attempts")] == [1, 1]


async def test_two_tabs_are_two_orders_that_were_both_meant(house: House) -> None:
    """Each tab has its key; nothing is placed that no page was shown for, and each pays its own."""
    quote = await house.quote(TEA=1)
    first, second = await shown(house, quote), await shown(house, quote)
    assert first["key"] != second["key"]
    got = await asyncio.gather(*[house.page("POST", "/checkout/place", "owner", f) for f in (first, second)])
    assert {r.status_code for r in got} == {303}
    assert len({r.headers["location"] for r in got}) == 2
    assert [await count(house, t) for t in ("trade_orders_parents", "trade_payments_intents")] == [2, 2]


async def test_two_tabs_pay_one_order_on_one_page(house: House) -> None:
    placed = await house.place(TEA=1)
    got = await asyncio.gather(*[house.api("POST", f"/orders/{placed['number']}/pay", "owner") for _ in range(10)])
    assert {r.status_code for r in got} == {200}
    assert len({r.json()["url"] for r in got}) == 1
    assert await count(house, "trade_payments_attempts") == 1


# --- prices and quotes ---------------------------------------------------------------------------------------------------


async def test_a_stale_quote_is_refused_and_the_page_shows_a_new_one(house: House) -> None:
    quote = await house.quote(TEA=1)
    form = await shown(house, quote)
    house.clock.pass_time(minutes=15)
    got = await house.api("POST", "/orders", "owner", key="k", json=house.placing(quote))
    assert problem(got)[:2] == (409, "checkout.quote_expired")
    page = await house.page("POST", "/checkout/place", "owner", form)
    assert page.status_code == 409
    assert await count(house, "trade_orders_parents") == 0
    assert await house.one("SELECT SUM(reserved) FROM goods_inventory_levels") == 0


async def test_a_price_that_changes_meanwhile_is_the_quotes_or_a_refusal_never_a_surprise(house: House) -> None:
    """Within its quarter of an hour a quote holds; what the buyer saw is what is due."""
    quote = await house.quote(TEA=1)
    await reprice(house, "TEA", "tea", 99_900)
    placed = await house.api("POST", "/orders", "owner", key="k", json=house.placing(quote))
    assert (placed.status_code, placed.json()["total"]) == (201, quote["total"])
    new = await house.quote(TEA=1)
    assert new["total"]["minor"] == quote["total"]["minor"] - 8_800 + 99_900
    other = house.placing(new) | {"total": quote["total"]["minor"]}
    got = await house.api("POST", "/orders", "owner", key="k2", json=other)
    assert problem(got)[:2] == (409, "checkout.total_changed")
    assert got.json()["data"]["total"] == new["total"]["minor"]
    assert await count(house, "trade_orders_parents") == 1


async def test_a_price_that_changes_while_somebody_pays_changes_nothing(house: House) -> None:
    placed = await house.place(TEA=2)
    ref = await house.start(placed["number"])
    await reprice(house, "TEA", "tea", 1)
    house.card.pay(ref)
    await house.hear()
    order = await house.order(placed["number"])
    assert (order["state"], order["payment"], order["total"]) == ("to_ship", "paid", placed["total"])
    assert await house.ask("SELECT due, captured FROM trade_payments_intents") == [(placed["total"]["minor"],) * 2]


# --- money ---------------------------------------------------------------------------------------------------------------


async def test_late_money_revives_the_order_while_there_is_stock(house: House) -> None:
    placed = await house.place(TEA=1)
    ref = await house.start(placed["number"])
    house.clock.pass_time(minutes=29, seconds=50)
    house.card.pay(ref)
    note = house.card.outbox.popleft()
    house.clock.pass_time(minutes=30)
    await house.drain()
    assert (await house.order(placed["number"]))["state"] in ("cancelled", "to_ship")
    assert (await house.tell(note)).status_code == 200
    await house.drain()
    order = await house.order(placed["number"])
    assert (order["state"], order["payment"]) == ("to_ship", "paid")


async def test_late_money_without_stock_goes_back_whole(house: House) -> None:
    placed = await house.place(LAST=1)
    ref = await house.start(placed["number"])
    house.card.pay(ref)
    note = house.card.outbox.popleft()
    house.card.plan.fail = 1.0  # nobody can ask the provider
    house.clock.pass_time(minutes=40)
    await house.drain()
    house.card.plan.fail = 0.0
    house.clock.pass_time(minutes=5)
    other = house.placing(await house.quote("other", LAST=1))
    bought = await house.api("POST", "/orders", "other", key="k", json=other)
    assert bought.status_code == 201
    await house.tell(note)
    await house.drain()
    house.card.finish_refunds()
    await house.hear()
    order = await house.order(placed["number"])
    assert order["state"] in ("cancelled", "refunded")
    assert await house.ask("SELECT captured - refunded FROM trade_payments_intents WHERE captured > 0") == [(0,)]
    assert sum(b.minor for b in house.card.backs.values()) == placed["total"]["minor"]


async def test_a_notification_told_twenty_times_at_once_counts_once(house: House) -> None:
    placed = await house.place(TEA=1)
    house.card.pay(await house.start(placed["number"]))
    note = house.card.outbox.popleft()
    got = await asyncio.gather(*[house.tell(note) for _ in range(20)])
    assert {r.status_code for r in got} == {200}
    await house.drain()
    await house.tell(note)
    await house.drain()
    assert [await count(house, f"trade_payments_{t}") for t in ("notices", "captures")] == [1, 1]
    assert await house.ask("SELECT captured FROM trade_payments_intents") == [(placed["total"]["minor"],)]
    assert (await house.order(placed["number"]))["state"] == "to_ship"


async def test_forged_and_old_notifications_change_nothing(house: House) -> None:
    placed = await house.place(TEA=1)
    ref = await house.start(placed["number"])
    number = house.card.pages[ref].attempt.number
    note = Note("evt_forged", number, ref, "payment.captured")
    good = house.card.notice(note)
    before = await house.dump()
    forged = [
        ({}, good.raw),
        ({"signature": "0" * 64, "signed-at": good.headers["signed-at"]}, good.raw),
        (house.card.notice(note, key=b"another key").headers, good.raw),
        (good.headers, good.raw + b" "),
        (good.headers, good.raw.replace(b"forged", b"f0rged")),
        (house.card.notice(note, at=house.clock() - 301_000).headers, good.raw),
        (house.card.notice(note, at=house.clock() + 301_000).headers, good.raw),
        ({"signature": good.headers["signature"], "signed-at": "x"}, good.raw),
    ]
    for headers, raw in forged:
        got = await house.http.post("/hooks/stripe", content=raw, headers=headers)
        assert problem(got)[:2] == (400, "payment.bad_signature")
    assert await house.dump() == before
    assert (await house.tell(good)).status_code == 200  # true, but only a hint: the provider says that nobody paid
    await house.drain()
    assert (await house.order(placed["number"]))["state"] == "to_pay"
    assert await count(house, "trade_payments_captures") == 0


@pytest.mark.parametrize("many", [2, 8])
async def test_pay_and_cancel_at_once_end_in_one_of_both(house: House, many: int) -> None:
    placed = await house.place(TEA=1)
    house.card.pay(await house.start(placed["number"]))
    note = house.card.outbox.popleft()
    cancels = [house.api("POST", f"/orders/{placed['number']}/cancel", "owner", key="c", json={}) for _ in range(many)]
    await asyncio.gather(house.tell(note), *cancels, house.drain())
    house.card.finish_refunds()
    await house.hear()
    order = await house.order(placed["number"])
    ((captured, refunded),) = await house.ask("SELECT captured, refunded FROM trade_payments_intents")
    assert captured == placed["total"]["minor"]
    assert (order["state"], refunded) in {("to_ship", 0), ("cancelled", captured), ("refunded", captured)}


# --- both orders of arrival ----------------------------------------------------------------------------------------------


STAMP = re.compile(r"(_at|_until|^at|^until|^since|_by|_from|_to)$")
IDS = re.compile(r"(^id|_id|^ref|_ref|^key|called|number|digest|hash|token|asked|seal|prev|body|answer)$")


async def story(house: House) -> dict[str, list[Any]]:
    """What the trade tables say, ids, times and what is made of them aside; blobs too, for ids are in them."""
    found: dict[str, list[Any]] = {}
    for module in house.engine.modules:
        if not module.name.startswith("trade."):
            continue
        for name, table in module.meta.tables.items():
            if name.endswith(("_outbox", "_inbox", "_notices")):
                continue  # who told first is all that differs
            kept = [c.name for c in table.columns if not STAMP.search(c.name) and not IDS.search(c.name)]
            rows = await house.ask(f"SELECT {', '.join(kept)} FROM {name}") if kept else []
            plain = [tuple(v for v in row if not isinstance(v, bytes)) for row in rows]
            found[name] = sorted(re.sub(r"\d{9,}|[A-Z0-9]{11}", "#", repr(row)) for row in plain)
    return found


async def test_browser_and_webhook_in_either_order_end_in_the_same_rows(tmp_path: Path) -> None:
    """Return then webhook; webhook then return; both at once; the return alone; the webhook alone."""

    async def back(house: House, number: str) -> None:
        got = await house.page("GET", f"/orders/{number}/paid", "owner")
        assert got.status_code == 303

    async def run(house: House, order: str) -> None:
        placed = await house.place(TEA=2, LAMP=1)
        house.card.pay(await house.start(placed["number"]))
        note = house.card.outbox.popleft()
        number = placed["number"]
        steps = {"b": lambda: back(house, number), "w": lambda: house.tell(note), "d": house.drain}
        for step in order.split(","):
            await asyncio.gather(*[steps[s]() for s in step])
        await house.drain()

    ends = []
    for n, order in enumerate(("bd,d,w,d", "w,d,bd", "wbd,d", "bd,d", "w,d", "wb,d,wb,d")):
        folder = tmp_path / str(n)
        folder.mkdir()
        async with opened(folder) as house:
            await run(house, order)
            await sound(house)
            ends.append(await story(house))
    for end in ends[1:]:
        assert {t for t in end if end[t] != ends[0][t]} == set()


# --- Stripe's own words --------------------------------------------------------------------------------------------------


@pytest.fixture
async def stripe(tmp_path: Path) -> AsyncIterator[tuple[House, Gateway]]:
    """The shop before the gateway that speaks Stripe's protocol; the wire between them is in this process."""
    from random import Random

    from jishi.kernel import EPOCH_MS, World

    clock = Clock(EPOCH_MS + 10**10)
    world = World(now=clock, chance=Random(2))
    gateway = Gateway(world, GatewaySettings("http://gateway"))
    provider = Stripe(StripeSettings(gateway.secret_key, list(gateway.webhook_secrets), "http://gateway"))
    await provider.http.client.aclose()
    provider.http.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=gateway.app))
    async with (
        engine_on("sqlite", tmp_path, world) as engine,
        housed(engine, clock, providers=[provider, Cod()]) as house,
    ):
        yield house, gateway
        await sound(house)
    await provider.close()
    gateway.store.close()


async def test_stripes_webhooks_repeated_reordered_and_forged(stripe: tuple[House, Gateway]) -> None:
    house, gateway = stripe
    placed = await house.place(TEA=1)
    session = await house.start(placed["number"])
    gateway.pay(session, "4242")
    told = gateway.taken()
    assert told
    secret = gateway.webhook_secrets[0]
    before = await house.dump()
    now_s = house.clock() // 1000
    for raw, header in [
        (told[0].raw, None),
        (told[0].raw, signature(told[0].raw, now_s, ["whsec_foreign"])),
        (told[0].raw, signature(told[0].raw, now_s - 301, [secret])),
        (told[0].raw + b" ", told[0].headers["stripe-signature"]),
        (told[0].raw, told[0].headers["stripe-signature"].replace("v1=", "v0=")),
        (told[0].raw, f"t={now_s}"),
        (told[0].raw, "v1=" + "0" * 64),
        (told[0].raw, f"t={now_s + 10},v1=" + signature(told[0].raw, now_s, [secret]).split("v1=")[1]),
        (b"{}", signature(b"{}", now_s, [secret])),
        (b"\xff", signature(b"\xff", now_s, [secret])),
        (b"", signature(b"", now_s, [secret])),
    ]:
        headers = {"content-type": "application/json"} | ({"stripe-signature": header} if header else {})
        got = await house.http.post("/hooks/stripe", content=raw, headers=headers)
        assert problem(got)[:2] == (400, "payment.bad_signature"), header
    assert await house.dump() == before
    for notice in [*reversed(told), *told, *told]:
        got = await house.http.post("/hooks/stripe", content=notice.raw, headers=notice.headers)
        assert got.status_code == 200
    await house.drain()
    assert (await house.order(placed["number"]))["payment"] == "paid"
    assert await house.ask("SELECT captured FROM trade_payments_intents") == [(placed["total"]["minor"],)]
    assert await count(house, "trade_payments_captures") == 1


async def test_a_true_payment_of_another_amount_buys_nothing(stripe: tuple[House, Gateway]) -> None:
    """A genuine notification about a genuine payment of one fen more: surplus, which goes back; the order waits on."""
    from jishi.sandbox.stripe.plan import Fault

    house, gateway = stripe
    gateway.set_faults([Fault("pay", "wrong_amount")])
    placed = await house.place(TEA=1)
    gateway.pay(await house.start(placed["number"]), "4242")
    for notice in gateway.taken():
        await house.http.post("/hooks/stripe", content=notice.raw, headers=notice.headers)
    await house.drain()
    assert (await house.order(placed["number"]))["payment"] == "unpaid"
    assert await house.ask("SELECT captured FROM trade_payments_intents") == [(0,)]
    assert await house.ask("SELECT effective FROM trade_payments_captures") == [(0,)]
    assert await count(house, "trade_payments_refunds", "kind = 'surplus'") == 1
