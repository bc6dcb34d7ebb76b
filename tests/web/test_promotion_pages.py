"""Promotions at the desk, the coupon centre, a visitor's coupons, and the same for programs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jishi.goods.promotions import PromotionsQuery
from jishi.kernel import Engine, World
from jishi.kernel.ids import encode
from tests.kit import STAFF, Clock

from .town import Browser, Town, staff, town

FORM = {
    "name_zh": "满减", "name_en": "Spring tea", "stage": "cross_shop", "kind": "threshold", "tiers": "100 10\n200 30",
    "market": "CN", "needs": "auto", "payer": "platform", "first_order": "",
}  # fmt: skip


@pytest.fixture
async def place(engine: Engine, world: World, clock: Clock, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(engine, world, clock, tmp_path) as made:
        await staff(made)
        yield made


async def desk(place: Town) -> Browser:
    who = Browser(place)
    await who.sign_in_as_staff()
    return who


async def made(place: Town, **more: str) -> Browser:
    who = await desk(place)
    await who.go("/desk/promotions/new")
    await who.send("/desk/promotions/new", **(FORM | {"begins": "", "ends": ""} | more))
    return who


async def count(place: Town) -> int:
    rows = [
        (await place.shop.promotions.promotions(STAFF, PromotionsQuery(s))).rows for s in ("live", "planned", "ended")
    ]
    return sum(map(len, rows))


@pytest.mark.parametrize("path", ["/desk/promotions", "/desk/promotions/new", "/desk/promotions/prm_0000000000005"])
async def test_nobody_else_gets_in(place: Town, path: str) -> None:
    guest = Browser(place)
    await guest.go(path)
    assert guest.path.startswith("/sign-in?next=%2Fdesk")


async def test_a_threshold_is_made_seen_and_ended(place: Town) -> None:
    who = await made(place)
    assert "The promotion is made." in who.text
    assert "CN¥30.00 off from CN¥200.00" in who.text
    await who.go("/desk/promotions")
    assert "Spring tea" in who.text
    guest = Browser(place)
    await guest.go("/coupons")
    assert "CN¥10.00 off from CN¥100.00" in guest.text
    assert "Automatic" in guest.text
    await who.go("/desk/promotions")
    await who.go(who.page.text.split('class="link" href="/en')[1].split('"')[0])
    await who.send("/end")
    assert "The promotion has ended." in who.text
    await guest.go("/coupons")
    assert "No offers at the moment" in guest.text


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("name_en", "", "in both languages"),
        ("tiers", "100", "One tier a line"),
        ("tiers", "200 10\n100 30", "One tier a line"),
        ("tiers", "100 200", "One tier a line"),
        ("minimum", "1.234", "an amount in this market"),
        ("minimum", "1e3", "an amount in this market"),
        ("budget", "-5", "an amount in this market"),
        ("per_person", "two", "a whole number"),
        ("ends", "2020-01-01T00:00", "must end after it begins"),
        ("ends", "tomorrow", "a date and a time"),
        ("products", "tea", "product ids"),
        ("stage", "nowhere", "Choose one"),
        ("stage", "item", "does not fit the stage"),
        ("market", "XX", "Choose one"),
        ("group", "Größe", "small letters"),
        ("needs", "claimed", "Choose one"),
    ],
)
async def test_wrong_input_stays_beside_its_field_and_nothing_is_made(
    place: Town, field: str, typed: str, words: str
) -> None:
    who = await made(place, **{field: typed})
    assert who.page.status_code == 422
    assert words in who.text
    assert 'value="满减"' in who.page.text
    assert await count(place) == 0


async def test_a_preview_keeps_nothing(place: Town) -> None:
    who = await made(place, do="preview")
    assert "With this offer" in who.text
    assert await count(place) == 0


async def test_a_coupon_is_claimed_once_and_shown(place: Town) -> None:
    await made(place, stage="coupon", kind="amount", amount="5", needs="claim", per_person="1", claims="10")
    who = Browser(place)
    await who.go("/coupons")
    assert "CN¥5.00 off" in who.text
    await who.send("/coupons/claim")
    assert "The coupon is yours." in who.text
    assert "You have it" in who.text
    await who.go("/me/coupons")
    assert "To use" in who.text
    assert "Spring tea" in who.text
    (p,) = (await place.shop.promotions.promotions(STAFF, PromotionsQuery())).rows
    assert p.claimed == 1
    other = Browser(place)
    await other.go("/me/coupons")
    assert "No coupon to use" in other.text


async def test_a_code_for_all_is_typed_in_any_fashion(place: Town) -> None:
    await made(place, stage="coupon", kind="percent", percent="10", needs="code", code="HELLO10")
    who = Browser(place)
    await who.go("/me/coupons")
    await who.send("/coupons/code", code="nonsense")
    assert who.page.status_code == 404
    assert "This code is not valid here" in who.text
    assert 'value="nonsense"' in who.page.text
    await who.send("/coupons/code", code="he-llo 1o")
    assert "The coupon is yours." in who.text
    await who.go("/coupons")
    assert "10% off" not in who.text  # a code is for those who have it


async def test_codes_are_issued_once_and_downloaded(place: Town) -> None:
    who = await made(place, stage="coupon", kind="amount", amount="5", needs="code")
    path = who.path.partition("?")[0]
    fields = who.form("/codes") | {"count": "12"}
    for _ in range(2):  # a double click
        await who.http.post(f"/en{path}/codes", data=fields)
    csv = (await who.http.get(f"/en{path}/codes.csv")).text.splitlines()
    assert len(csv) == 13
    assert len({line.split(",")[0] for line in csv[1:]}) == 12
    await who.go(path)
    await who.send("/codes", count="10001")
    assert "Between 1 and 10,000" in who.text
    buyer = Browser(place)
    await buyer.go("/me/coupons")
    await buyer.send("/coupons/code", code=csv[1].split(",")[0].lower())
    assert "The coupon is yours." in buyer.text


async def test_a_products_page_names_its_offers(place: Town) -> None:
    guest = Browser(place)
    await guest.go("/products/tea")
    assert "CN¥10.00 off from" not in guest.text
    await made(place)
    await place.shop.relay.drain()
    await guest.go("/products/tea")
    assert "CN¥10.00 off from CN¥100.00" in guest.text


async def test_programs_claim_and_see(place: Town) -> None:
    await made(place, stage="coupon", kind="amount", amount="5", needs="claim")
    http = Browser(place).http
    head = {"accept-language": "en"}
    offers = (await http.get("/api/v1/offers", headers=head)).json()["items"]
    assert [(o["stage"], o["claimable"], o["terms"]) for o in offers] == [("coupon", True, ["CN¥5.00 off"])]
    wish = {"offer": offers[0]["id"]}
    assert (await http.post("/api/v1/coupons", json=wish)).status_code == 401
    head["authorization"] = "Bearer " + (await http.post("/api/v1/sessions", json={})).json()["token"]
    got = await http.post("/api/v1/coupons", json=wish, headers=head)
    assert (got.status_code, got.json()["state"]) == (201, "claimed")
    again = await http.post("/api/v1/coupons", json=wish, headers=head)
    assert (again.status_code, again.json()["code"]) == (409, "coupon.not_claimable")
    mine = (await http.get("/api/v1/coupons", headers=head)).json()["items"]
    assert [c["id"] for c in mine] == [got.json()["id"]]
    for wrong, status in (({"offer": encode("prm", 5)}, 404), ({}, 422), (wish | {"code": "ABCD"}, 422)):
        assert (await http.post("/api/v1/coupons", json=wrong, headers=head)).status_code == status
