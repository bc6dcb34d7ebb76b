"""Drafts go live at their minute, what is archived is gone for good, recalls close the till, old addresses lead on."""

import pytest
from msgspec.structs import replace

from jishi.goods.catalog import (
    HandleTaken,
    NoProduct,
    ProductDue,
    ProductGone,
    ProductQuery,
    Rename,
    SetRecall,
    SetStatus,
    SkuDraft,
)
from jishi.goods.catalog.states import publish_due
from jishi.kernel import Forbidden, Invalid, Relay, World
from tests.kit import STAFF, buyer, clerk

from .kit import ACME, CUP, GUEST, OTHER, PLAIN

MINUTE = 60_000


async def due(shelf, id: int, at: int) -> None:
    await shelf.db.write(STAFF, publish_due, ProductDue(id, at))


async def test_what_is_scheduled_goes_live_at_its_moment(shelf, clock):
    at = clock.ms + 5 * MINUTE
    made = await shelf.put(replace(CUP, status="scheduled", publish_at=at))
    assert (made.status, made.publish_at, made.version) == ("scheduled", at, 1)
    with pytest.raises(NoProduct):
        await shelf.product(made.id)
    assert await shelf.listings(made.skus[0].listing_id) == []
    assert await shelf.found() == []
    clock.pass_time(minutes=5)
    await due(shelf, made.id, at)
    assert (await shelf.product(made.id)).status == "published"
    assert await shelf.found() == ["travel-cup"]
    await due(shelf, made.id, at)  # told twice
    assert await shelf.changes() == [("travel-cup", 1), ("travel-cup", 2)]


async def test_the_relay_brings_it_at_its_minute(shelf, clock):
    at = clock.ms + 5 * MINUTE
    made = await shelf.put(replace(CUP, status="scheduled", publish_at=at))
    relay = Relay(World(now=clock), [shelf.db], list(shelf.service.handlers()))
    await relay.drain()
    assert (await shelf.product(made.id, STAFF)).status == "scheduled"
    clock.pass_time(minutes=5)
    await relay.drain()
    assert (await shelf.product(made.id)).status == "published"


async def test_a_moment_told_later_counts_and_the_old_one_does_not(shelf, clock):
    first, second = clock.ms + 5 * MINUTE, clock.ms + 9 * MINUTE
    made = await shelf.put(replace(CUP, status="scheduled", publish_at=first))
    await shelf.service.set_status(STAFF, SetStatus(made.id, "scheduled", second))
    clock.pass_time(minutes=6)
    await due(shelf, made.id, first)
    assert (await shelf.product(made.id, STAFF)).status == "scheduled"
    await shelf.service.set_status(STAFF, SetStatus(made.id, "draft"))
    clock.pass_time(minutes=6)
    await due(shelf, made.id, second)
    assert (await shelf.product(made.id, STAFF)).status == "draft"
    past = await shelf.service.set_status(STAFF, SetStatus(made.id, "scheduled", clock.ms))
    assert (past.status, past.publish_at) == ("published", 0)


async def test_a_state_told_by_hand_gives_way_to_the_next_put(shelf):
    made = await shelf.put()
    await shelf.service.set_status(STAFF, SetStatus(made.id, "archived"))
    with pytest.raises(ProductGone) as gone:
        await shelf.product(made.id)
    assert (gone.value.id, gone.value.handle, gone.value.status) == (made.id, "travel-cup", 410)
    assert (await shelf.listings(made.skus[0].listing_id))[0].on_sale is False
    assert (await shelf.put()).status == "published"


@pytest.mark.parametrize(
    ("status", "publish_at", "field"),
    [
        ("open", 0, "status"),
        ("scheduled", 0, "publish_at"),
        ("draft", 5, "publish_at"),
        ("scheduled", 1 << 53, "publish_at"),
    ],
)
async def test_a_state_that_is_none_is_refused(shelf, status, publish_at, field):
    made = await shelf.put()
    with pytest.raises(Invalid) as e:
        await shelf.service.set_status(STAFF, SetStatus(made.id, status, publish_at))
    assert [x.field for x in e.value.errors] == [field]
    assert await shelf.product(made.id) == made


async def test_states_are_changed_by_their_own_people_only(shelf):
    made = await shelf.put()
    for verb, command in (
        (shelf.service.set_status, SetStatus(made.id, "draft")),
        (shelf.service.rename, Rename(made.id, "mine")),
        (shelf.service.recall, SetRecall(made.id, True)),
    ):
        with pytest.raises(NoProduct):
            await verb(clerk(OTHER), command)
        with pytest.raises(Forbidden):
            await verb(buyer(), command)
    assert await shelf.product(made.id) == made


async def test_a_recalled_product_is_seen_and_not_for_sale(shelf):
    made = await shelf.put()
    told = await shelf.service.recall(clerk(ACME), SetRecall(made.id, True, {"en": " The lid may crack. "}))
    assert (told.recalled, told.recall_notices) == (True, {"en": "The lid may crack."})
    assert (await shelf.product(made.id)).recalled
    assert await shelf.found() == []
    assert [x.on_sale for x in await shelf.listings(of=(made.id,))] == [False, False]
    again = await shelf.service.recall(clerk(ACME), SetRecall(made.id, True, {"en": "The lid may crack."}))
    assert again.version == told.version
    with pytest.raises(Forbidden):
        await shelf.service.recall(clerk(ACME), SetRecall(made.id, False))
    assert (await shelf.put()).recalled  # putting it again takes no recall back
    assert not (await shelf.service.recall(STAFF, SetRecall(made.id, False))).recalled
    assert [x.on_sale for x in await shelf.listings(of=(made.id,))] == [True, True]


async def at(shelf, handle: str) -> str:
    return (await shelf.service.product(GUEST, ProductQuery(handle=handle))).handle


async def test_old_addresses_lead_on_in_one_step(shelf):
    made = await shelf.put()
    for handle in ("cup-b", "cup-c", "Cup D!"):
        renamed = await shelf.service.rename(STAFF, Rename(made.id, handle))
    assert (renamed.handle, renamed.own_handle, renamed.version) == ("cup-d", "travel-cup", 4)
    assert [await at(shelf, h) for h in ("travel-cup", "cup-b", "cup-c", "cup-d")] == ["cup-d"] * 4
    assert (await shelf.put()).handle == "cup-d"  # the merchant's own handle still knows it
    back = await shelf.service.rename(STAFF, Rename(made.id, "travel-cup"))
    assert back.handle == "travel-cup"
    assert await at(shelf, "cup-d") == "travel-cup"
    assert (await shelf.counts())["goods_catalog_redirects"] == 3


async def test_a_handle_that_is_taken_again_wins(shelf):
    cup = await shelf.put()
    await shelf.service.rename(STAFF, Rename(cup.id, "better-cup"))
    new = await shelf.put(replace(PLAIN, merchant_id=OTHER, handle="travel-cup", skus=[SkuDraft("NEW")]))
    assert new.handle == "travel-cup"
    assert (await shelf.service.product(GUEST, ProductQuery(handle="travel-cup"))).id == new.id
    with pytest.raises(HandleTaken):
        await shelf.service.rename(STAFF, Rename(cup.id, "travel-cup"))
    bowl = await shelf.put(PLAIN)
    await shelf.service.rename(STAFF, Rename(cup.id, "best-cup"))
    await shelf.service.rename(STAFF, Rename(bowl.id, "better-cup"))
    assert (await shelf.service.product(GUEST, ProductQuery(handle="better-cup"))).id == bowl.id
    with pytest.raises(Invalid):
        await shelf.service.rename(STAFF, Rename(cup.id, "  "))
