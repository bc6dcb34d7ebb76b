"""What a person keeps is theirs alone; whoever waits hears once, in their turn, and of nothing that rose."""

import asyncio

import pytest

from jishi.goods.inventory import StockChanged
from jishi.kernel import SYSTEM, Forbidden, Invalid
from jishi.people.accounts import SignedIn
from jishi.people.vault import CardsErased
from jishi.trade.wishes import (
    MAX_FAVOURITES,
    Among,
    FavouritesQuery,
    FollowedQuery,
    NothingToWatch,
    NoWatch,
    PutFavourite,
    PutFollow,
    TooManyWishes,
    Unwatch,
    WatchesQuery,
)
from jishi.trade.wishes.commands import forget, merge
from tests.kit import STAFF, buyer, clerk

from .kit import BUYER, GUEST, LAMP, STRANGER, TEA, Stand


async def favourites(stand: Stand, ctx: object = BUYER) -> list[int]:
    page = await stand.wishes.favourites(ctx, FavouritesQuery())  # type: ignore[arg-type]
    return [r.product_id for r in page.rows]


async def test_favourites_are_kept_once_newest_first_and_are_one_s_own(stand: Stand) -> None:
    for product in (1, 2, 3, 2):
        stand.clock.pass_time(ms=1)
        await stand.wishes.put_favourite(BUYER, PutFavourite(product))
    assert await favourites(stand) == [3, 2, 1]
    assert await favourites(stand, STRANGER) == []
    await stand.wishes.put_favourite(STRANGER, PutFavourite(3, on=False))
    assert await favourites(stand) == [3, 2, 1]
    for _ in range(2):
        await stand.wishes.put_favourite(BUYER, PutFavourite(2, on=False))
    assert await favourites(stand) == [3, 1]
    assert (await stand.wishes.among(BUYER, Among([1, 2, 3]))).product_ids == [1, 3]
    assert (await stand.wishes.among(BUYER, Among())).product_ids == [3, 1]
    for ctx in (STAFF, clerk(71)):
        with pytest.raises(Forbidden):
            await stand.wishes.put_favourite(ctx, PutFavourite(1))


async def test_favourites_page_without_gap_or_repeat(stand: Stand) -> None:
    for product in range(1, 26):
        await stand.wishes.put_favourite(BUYER, PutFavourite(product))
        stand.clock.pass_time(ms=product % 2)
    seen, cursor = [], ""
    while True:
        page = await stand.wishes.favourites(BUYER, FavouritesQuery(cursor, 4))
        seen += [r.product_id for r in page.rows]
        if not (cursor := page.next):
            break
    assert (sorted(seen), page.count) == (list(range(1, 26)), 25)


async def test_there_is_an_end_to_wishing(stand: Stand) -> None:
    for product in range(1, MAX_FAVOURITES + 1):
        await stand.wishes.put_favourite(BUYER, PutFavourite(product))
    with pytest.raises(TooManyWishes):
        await stand.wishes.put_favourite(BUYER, PutFavourite(9_999))
    await stand.wishes.put_favourite(BUYER, PutFavourite(1))  # one that is there already is no new one
    assert (await stand.wishes.favourites(BUYER, FavouritesQuery())).count == MAX_FAVOURITES


async def test_shops_are_followed(stand: Stand) -> None:
    for merchant, on in ((71, True), (72, True), (71, True), (72, False)):
        stand.clock.pass_time(ms=1)
        await stand.wishes.put_follow(BUYER, PutFollow(merchant, on))
    assert (await stand.wishes.followed(BUYER, FollowedQuery())).merchant_ids == [71]
    assert (await stand.wishes.followed(GUEST, FollowedQuery())).merchant_ids == []


async def test_a_guest_s_wishes_move_at_sign_in(stand: Stand) -> None:
    await stand.wishes.put_favourite(BUYER, PutFavourite(1))
    for product in (1, 2):
        await stand.wishes.put_favourite(GUEST, PutFavourite(product))
    await stand.wishes.put_follow(GUEST, PutFollow(71))
    theirs = await stand.watch(GUEST, email="g@example.com")
    await stand.watch(BUYER)
    await stand.watch(GUEST, LAMP, email="g@example.com")
    for _ in range(2):
        await stand.wishes.db.write(SYSTEM, merge, SignedIn(7, 9))
    assert sorted(await favourites(stand)) == [1, 2]
    assert await favourites(stand, GUEST) == []
    assert (await stand.wishes.followed(BUYER, FollowedQuery())).merchant_ids == [71]
    mine = (await stand.wishes.watches(BUYER, WatchesQuery())).rows
    assert sorted(w.listing_id for w in mine) == [TEA, LAMP]
    assert theirs.id not in [w.id for w in mine]  # the account waited already
    assert (await stand.wishes.watches(GUEST, WatchesQuery())).rows == []


async def test_who_waits_hears_once_that_it_is_back(stand: Stand) -> None:
    first, again = await stand.watch(), await stand.watch()
    assert first == again
    await stand.watch(GUEST, email="guest@example.com")
    assert [(k.purpose, k.fields) for k in stand.vault.kept] == [("marketing", {"email": "guest@example.com"})]
    await stand.say(StockChanged([9]))  # still none
    assert stand.told == []
    for _ in range(3):
        await stand.stocked(5)
    assert stand.told == [807, stand.vault.kept[0].card_id]
    assert stand.letters.templates == ["wish_back", "wish_back"]
    (_, letter), *_ = stand.letters.sent.values()
    assert letter.params["link"].endswith("/zh-CN/products/p511")
    await stand.later(hours=5)
    await stand.stocked(50)
    assert len(stand.told) == 2
    assert (await stand.wishes.watches(BUYER, WatchesQuery())).rows == []
    stand.goods.free[9] = 0
    await stand.watch()  # asked anew: told anew
    await stand.stocked(1)
    assert len(stand.told) == 3


async def test_what_cannot_come_true_is_not_waited_for(stand: Stand) -> None:
    stand.goods.free[9] = 1
    with pytest.raises(NothingToWatch):
        await stand.watch()
    stand.goods.minor[TEA] = 0
    with pytest.raises(NothingToWatch):
        await stand.watch(kind="drop")
    stand.goods.on_sale[LAMP] = False
    for kind in ("back", "drop"):
        with pytest.raises(NothingToWatch):
            await stand.watch(listing=LAMP, kind=kind)
    with pytest.raises(NothingToWatch):
        await stand.watch(listing=1)
    with pytest.raises(Invalid):
        await stand.watch(kind="sideways")
    stand.goods.free[9] = 0
    with pytest.raises(Invalid):
        await stand.watch(GUEST)  # where to?
    assert (await stand.wishes.watches(BUYER, WatchesQuery())).rows == []


async def test_a_price_that_rose_is_no_news_and_one_that_fell_is(stand: Stand) -> None:
    stand.goods.free[9] = 10
    await stand.watch(kind="drop")
    await stand.priced(1200)
    await stand.priced(1000)
    assert stand.told == []
    stand.goods.free[9] = 0
    await stand.priced(900)
    assert stand.told == []  # what cannot be had is no news, whatever it costs
    stand.goods.free[9] = 10
    await stand.priced(900)
    assert stand.told == [807]
    (_, letter), *_ = stand.letters.sent.values()
    assert (letter.params["minor"], letter.params["currency"]) == ("900", "CNY")
    await stand.later(hours=1)
    await stand.priced(800)
    assert stand.told == [807]


async def test_five_pieces_and_five_hundred_who_wait(stand: Stand) -> None:
    """Wave by wave in the order in which they asked, three a piece, the next ones half an hour later, and nobody once it is gone."""
    for i in range(60):
        await stand.watch(buyer(1000 + i))
    everyone = [800 + 1000 + i for i in range(60)]
    await stand.stocked(5)
    assert sorted(stand.told) == everyone[:15]
    await stand.stocked(5)  # told again at once: nobody more
    await stand.later(minutes=10)
    assert sorted(stand.told) == everyone[:15]
    stand.goods.free[9] = 2
    await stand.later(minutes=25)
    assert sorted(stand.told) == everyone[:21]
    stand.goods.free[9] = 0
    await stand.later(hours=3)
    assert sorted(stand.told) == everyone[:21]
    await stand.stocked(100)
    assert sorted(stand.told) == everyone


async def test_the_same_news_from_two_sides_tells_nobody_twice(stand: Stand) -> None:
    for i in range(12):
        await stand.watch(buyer(1000 + i))
    stand.goods.free[9] = 2
    await asyncio.gather(*[stand.wishes.stocked(SYSTEM, StockChanged([9])) for _ in range(6)])
    await stand.relay.drain()
    assert len(stand.told) == 6


async def test_a_set_is_back_when_all_of_it_is(stand: Stand) -> None:
    await stand.watch(listing=LAMP)
    await stand.stocked(1, item=8)  # it takes two
    assert stand.told == []
    await stand.stocked(2, item=8)
    assert stand.told == [807]


async def test_the_mail_s_link_ends_its_watch_and_no_other(stand: Stand) -> None:
    mine, theirs = await stand.watch(), await stand.watch(STRANGER)
    with pytest.raises(NoWatch):
        await stand.wishes.unwatch(BUYER, Unwatch(theirs.id))
    for bad in ("", "zz", f"{mine.id:x}." + "0" * 32, "é.é", "-1." + "0" * 32):
        await stand.wishes.unwatch(GUEST, Unwatch(token=bad or "x"))
    assert len((await stand.wishes.watches(BUYER, WatchesQuery())).rows) == 1
    await stand.wishes.unwatch(GUEST, Unwatch(token=stand.wishes.token(mine.id)))
    await stand.stocked(9)
    assert stand.told == [808]


async def test_of_an_erased_person_no_wish_is_left(stand: Stand) -> None:
    await stand.wishes.put_favourite(BUYER, PutFavourite(1))
    await stand.watch()
    await stand.wishes.erased(SYSTEM, CardsErased(7, "order", 1))
    assert await favourites(stand) == [1]
    await stand.wishes.erased(SYSTEM, CardsErased(7, "account", 1))
    await stand.wishes.db.write(SYSTEM, forget, 7)
    assert await favourites(stand) == []
    await stand.stocked(9)
    assert stand.told == []
