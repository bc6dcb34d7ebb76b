"""The desk's promotions and buyers' coupons: made, claimed, found, refused with a reason; whose they are."""

import asyncio

import pytest
from msgspec.structs import replace

from jishi.goods.promotions import (
    CodesQuery,
    CodeTaken,
    Fixed,
    IssueCodes,
    Limit,
    MineQuery,
    NoCoupon,
    NoPromotion,
    NotClaimable,
    OffersQuery,
    Percent,
    Preview,
    PromotionRef,
    PromotionsQuery,
    PutLimit,
    Threshold,
    Tier,
    WrongPromotion,
)
from jishi.goods.promotions.codes import LETTERS, fold
from jishi.goods.promotions.handlers import Cancelled, CardsErased, Placed, SignedIn, cancelled, erased, merge, placed
from jishi.kernel import SYSTEM, Forbidden
from jishi.kernel.ids import encode
from tests.kit import STAFF, buyer, clerk

from .kit import ACME, DAY, HOUR, OTHER, TEN, draft, good, open_desk

GUEST = buyer(9, "guest")


def why(rated):
    return [(u.code, u.reason.key.rpartition(".")[2]) for u in rated.unused]


async def usable(desk, ctx=None):
    return (await desk.service.mine(ctx or buyer(), MineQuery())).rows


# --- the desk --------------------------------------------------------------------------------------------------------------


async def test_the_same_key_makes_one_promotion_at_any_time(desk, clock):
    first = await desk.put(draft(valid_from=clock.ms + HOUR, valid_to=clock.ms + DAY), key="spring")
    clock.pass_time(hours=2)
    again = await desk.put(draft(valid_from=clock.ms - HOUR, rule=Percent(1)), key="spring")
    assert (again.id, again.draft.rule) == (first.id, TEN)
    assert (first.state, again.state) == ("planned", "live")
    assert (await desk.counts())["promotions"] == 1


async def test_what_is_planned_begins_and_ends_by_the_clock(desk, clock):
    await desk.put(draft(valid_from=clock.ms + HOUR, valid_to=clock.ms + 2 * HOUR))
    cuts = []
    for _ in range(4):
        cuts.append(sum(c.minor for c in (await desk.rate()).cuts))
        clock.pass_time(minutes=45)
    assert cuts == [0, 0, -1_000, 0]
    assert sum(c.minor for c in (await desk.rate(at=clock.ms - 2 * HOUR)).cuts) in (0, -1_000)


async def test_an_ended_one_counts_no_more_and_what_is_held_stays(desk):
    p = await desk.put(draft(budget_uses=5))
    await desk.hold(1, Limit(p.id, 0, 1_000))
    ended = await desk.service.end(STAFF, PromotionRef(p.id))
    assert (ended.state, ended.held_uses) == ("ended", 1)
    assert (await desk.rate()).cuts == []
    assert await desk.turn("confirm", 1) == "confirmed"
    assert (await desk.service.end(STAFF, PromotionRef(p.id))).draft.valid_to == ended.draft.valid_to


async def test_another_process_hears_of_it_within_a_second(desk, engine, clock):
    other = open_desk(engine)
    assert (await other.rate()).cuts == []
    await desk.put()
    assert (await desk.rate()).cuts
    clock.pass_time(seconds=1)
    assert (await other.rate()).cuts


async def test_a_clerk_makes_and_sees_its_own_shops_only(desk):
    own = await desk.put(ctx=clerk(ACME))
    before = await desk.counts()
    for d in (draft("cross_shop"), draft("coupon"), draft(merchant_id=OTHER), draft("item")):
        with pytest.raises(Forbidden):
            await desk.put(d, ctx=clerk(ACME))
    for ctx in (buyer(), GUEST):
        with pytest.raises(Forbidden):
            await desk.put(ctx=ctx)
        with pytest.raises(Forbidden):
            await desk.service.promotions(ctx, PromotionsQuery())
    for verb in (desk.service.end, desk.service.promotion):
        with pytest.raises(NoPromotion):
            await verb(clerk(OTHER), PromotionRef(own.id))
    with pytest.raises(NoPromotion):
        await desk.service.codes(clerk(OTHER), CodesQuery(own.id))
    with pytest.raises(Forbidden):
        await desk.service.put_limit(clerk(OTHER), PutLimit(ACME, 101, 1))
    assert (await desk.service.promotions(clerk(OTHER), PromotionsQuery(merchant_id=ACME))).rows == []
    assert [p.id for p in (await desk.service.promotions(clerk(ACME), PromotionsQuery())).rows] == [own.id]
    assert await desk.counts() == before


async def test_a_limit_of_a_listing_belongs_to_who_set_it_first(desk):
    await desk.service.put_limit(clerk(ACME), PutLimit(ACME, 101, 2))
    with pytest.raises(NoPromotion):
        await desk.service.put_limit(clerk(OTHER), PutLimit(OTHER, 101, 9))
    assert [o.most for o in (await desk.rate(good(quantity=3))).over] == [2]


@pytest.mark.parametrize(
    ("d", "field", "reason"),
    [
        (draft(names={"en": "x", "zh-CN": " "}), "names", "names"),
        (draft("nowhere"), "stage", "choice"),
        (draft(market="XX"), "market", "choice"),
        (draft(currency="EUR"), "currency", "choice"),
        (draft(merchant_id=0), "merchant_id", "shop"),
        (draft("cross_shop", merchant_id=ACME, payer="merchant"), "merchant_id", "platform"),
        (draft("coupon", needs="auto"), "needs", "coupon"),
        (draft(code="ABCD"), "code", "code"),
        (draft(needs="code", code="a b"), "code", "code"),
        (draft(payer="platform"), "payer", "payer"),
        (draft("cross_shop", payer="shared"), "platform_bp", "share"),
        (draft("cross_shop", platform_bp=5), "platform_bp", "share"),
        (draft(valid_from=1), "valid_from", "past"),
        (draft(valid_to=1), "valid_to", "span"),
        (draft(group="Ä"), "group", "group"),
        (draft(product_ids=list(range(501))), "listing_ids", "many"),
        (draft(min_minor=-1), "min_minor", "range"),
        (draft(per_person=1 << 40), "per_person", "range"),
        (draft(rule=Fixed(1)), "rule", "kind"),
        (draft("item", rule=Threshold([Tier(1, 1)])), "rule", "kind"),
        (draft(rule=Percent(10_001)), "rule", "percent"),
        (draft(rule=Threshold([Tier(10, 11)])), "rule", "tiers"),
        (draft(rule=Threshold([Tier(10, 5), Tier(20, 5)])), "rule", "tiers"),
        (draft(rule=Threshold([Tier(10, 5), Tier(20, 6)], every=True)), "rule", "tiers"),
        (draft(rule=Threshold([])), "rule", "tiers"),
    ],
)
async def test_a_draft_that_makes_no_sense_leaves_nothing(desk, d, field, reason):
    before = await desk.counts()
    with pytest.raises(WrongPromotion) as e:
        await desk.put(d)
    assert (e.value.field, e.value.reason) == (field, reason)
    assert await desk.counts() == before


async def test_a_preview_shows_the_draft_alone_and_beside_the_rest(desk):
    await desk.put(draft("item", Percent(5_000)))
    before = await desk.counts()
    d = draft("coupon", budget_minor=1, first_order=True, per_person=1)
    seen = await desk.service.preview(STAFF, Preview(d, [good()]))
    assert [sum(c.minor for c in r.cuts) for r in (seen.alone, seen.beside)] == [-1_000, -6_000]
    assert await desk.counts() == before


async def test_pages_of_the_desk_come_newest_first(desk, clock):
    ids = [(await desk.put()).id for _ in range(5)]
    first = await desk.service.promotions(STAFF, PromotionsQuery(limit=3))
    rest = await desk.service.promotions(STAFF, PromotionsQuery(cursor=first.next, limit=3))
    assert [p.id for p in (*first.rows, *rest.rows)] == ids[::-1]
    assert rest.next == ""


# --- codes -----------------------------------------------------------------------------------------------------------------


async def test_ten_thousand_codes_are_all_different_and_easy_to_read(desk):
    """More than a second: ten thousand rows on each engine."""
    p = await desk.put(draft("coupon", needs="code"))
    for _ in range(2):
        assert (await desk.service.issue(STAFF, IssueCodes(p.id, "batch", 10_000))).count == 10_000
    codes, after = set[str](), 0
    while rows := (await desk.service.codes(STAFF, CodesQuery(p.id, after))).rows:
        codes |= {r.code for r in rows}
        after = rows[-1].id
    assert len(codes) == 10_000
    assert set("".join(codes)) <= set(LETTERS)
    assert all(fold(c) == c for c in codes)


async def test_a_code_is_good_once_whoever_types_it(desk):
    p = await desk.put(draft("coupon", needs="code"))
    await desk.service.issue(STAFF, IssueCodes(p.id, "one", 1))
    (code,) = (await desk.service.codes(STAFF, CodesQuery(p.id))).rows
    typed = f" {code.code[:5].lower()}-{code.code[5:]}"
    rated = await desk.rate(codes=(typed,))
    assert rated.holds == [Limit(p.id, code.id, 1_000)]
    mine = await desk.claim(code=typed)
    assert (await desk.claim(code=typed)) == mine
    with pytest.raises(NoCoupon):
        await desk.claim(code=typed, ctx=GUEST)
    assert why(await desk.rate(ctx=GUEST, codes=(typed,))) == [(typed, "unknown")]
    await desk.hold(1, *rated.holds)
    assert why(await desk.rate(codes=(typed,))) == [(typed, "held")]


async def test_a_code_for_all_is_one_coupon_a_person(desk):
    p = await desk.put(draft("coupon", needs="code", code="Hello-1O", per_person=1))
    assert (await desk.rate(codes=("HELLO10",))).holds == [Limit(p.id, 0, 1_000)]
    mine = await desk.claim(code="hello 10")
    assert await desk.claim(code="HELLO10") == mine
    assert (await desk.rate()).holds == [Limit(p.id, mine.id, 1_000)]
    await desk.hold(1, Limit(p.id, mine.id, 1_000))
    with pytest.raises(NotClaimable):
        await desk.claim(code="HELLO10")
    with pytest.raises(CodeTaken):
        await desk.put(draft("coupon", needs="code", code="HELL010"))
    for code in ("", "NOPE", "%' OR 1=1", "x" * 5_000):
        with pytest.raises(NoCoupon):
            await desk.claim(code=code)


# --- coupons ---------------------------------------------------------------------------------------------------------------


async def test_a_person_claims_as_many_as_it_may_use(desk):
    p = await desk.put(draft("coupon", per_person=2))
    assert len({(await desk.claim(p.id)).id for _ in range(2)}) == 2
    before = await desk.counts()
    with pytest.raises(NotClaimable) as e:
        await desk.claim(p.id)
    assert e.value.reason == "per_person"
    for ctx in (replace(buyer(), actor=replace(GUEST.actor, id=0)), clerk(ACME)):
        with pytest.raises((NoCoupon, Forbidden)):
            await desk.claim(p.id, ctx=ctx)
    assert await desk.counts() == before


async def test_twenty_claims_at_once_of_one_person_are_as_many_as_it_may_have(desk):
    p = await desk.put(draft("coupon", per_person=3))
    got = await asyncio.gather(*[desk.claim(p.id) for _ in range(20)], return_exceptions=True)
    assert sum(not isinstance(g, Exception) for g in got) == 3
    assert len(await usable(desk)) == 3


async def test_a_claimed_coupon_lives_its_days_or_as_long_as_its_promotion(desk, clock):
    short = await desk.put(draft("coupon", claim_days=3))
    ends = await desk.put(draft("coupon", claim_days=30, valid_to=clock.ms + DAY))
    assert (await desk.claim(short.id)).expires_at == clock.ms + 3 * DAY
    assert (await desk.claim(ends.id)).expires_at == clock.ms + DAY
    clock.pass_time(days=2)
    assert [c.promotion_id for c in await usable(desk)] == [short.id]
    assert [c.state for c in (await desk.service.mine(buyer(), MineQuery("expired"))).rows] == ["expired"]
    with pytest.raises(NotClaimable):
        await desk.claim(ends.id, ctx=GUEST)


async def test_claimed_coupons_are_found_and_the_best_counts(desk):
    small = await desk.put(draft("coupon", group="one"))
    large = await desk.put(draft("coupon", rule=Percent(2_000), group="one"))
    for p in (small, large):
        await desk.claim(p.id)
    rated = await desk.rate()
    assert [u.promotion_id for u in rated.used] == [large.id]
    assert why(rated) == [("", "better")]
    assert (await desk.rate(ctx=GUEST)).used == []


async def test_why_a_coupon_does_not_count(desk):
    p = await desk.put(draft("coupon", min_minor=20_000, categories=["tea"]))
    c = await desk.claim(p.id)
    typed = encode("cpn", c.id)
    assert why(await desk.rate(codes=(typed,))) == [(typed, "minimum")]
    assert why(await desk.rate(good(category="pots"), codes=(typed,))) == [(typed, "no_goods")]
    europe = replace(buyer(), market="DE", currency="EUR")
    assert why(await desk.rate(ctx=europe, codes=(typed,))) == [(typed, "elsewhere")]
    assert why(await desk.rate(codes=("nope", encode("cpn", 5))))[:2] == [
        ("nope", "unknown"),
        (encode("cpn", 5), "unknown"),
    ]
    assert (await desk.rate(good(quantity=2), codes=(typed,))).used[0].coupon_id == c.id


async def test_a_guests_coupons_are_the_accounts_once_it_signs_in(desk):
    p = await desk.put(draft("coupon", per_person=3))
    for ctx in (GUEST, GUEST, buyer()):
        await desk.claim(p.id, ctx=ctx)
    await desk.db.write(SYSTEM, merge, SignedIn(7, 9))
    await desk.db.write(SYSTEM, merge, SignedIn(7, 9))
    assert len(await usable(desk)) == 3
    assert await usable(desk, GUEST) == []


async def test_a_first_order_is_one_that_was_not_cancelled_whole(desk):
    await desk.put(draft(first_order=True))
    assert (await desk.rate()).used
    await desk.db.write(SYSTEM, placed, Placed(50, 7))
    assert (await desk.rate()).used == []
    await desk.db.write(SYSTEM, cancelled, Cancelled(50, whole=False))
    assert (await desk.rate()).used == []
    await desk.db.write(SYSTEM, cancelled, Cancelled(50, whole=True))
    assert (await desk.rate()).used


async def test_offers_are_what_everybody_may_see(desk, clock):
    claimable = await desk.put(draft("coupon", claims=1))
    shop = await desk.put(draft())
    await desk.put(draft("coupon", needs="code", code="SECRET1"))
    await desk.put(draft(valid_from=clock.ms + DAY))
    await desk.put(draft("item", rule=Percent(1), product_ids=[99]))
    seen = (await desk.service.offers(buyer(), OffersQuery([11], [ACME], ["tea"]))).rows
    assert [(o.id, o.left, o.may_claim) for o in seen] == [(claimable.id, 1, True), (shop.id, -1, False)]
    assert [o.id for o in (await desk.service.offers(buyer(), OffersQuery([11], [OTHER]))).rows] == [claimable.id]
    await desk.claim(claimable.id)
    (mine, *_) = (await desk.service.offers(buyer(), OffersQuery())).rows
    assert (mine.claimed, mine.left, mine.may_claim) == (1, 0, False)
    europe = replace(buyer(), market="DE", currency="EUR")
    assert (await desk.service.offers(europe, OffersQuery())).rows == []


async def test_an_erased_person_leaves_no_coupon_and_an_order_under_way_still_ends(desk):
    p = await desk.put(draft("coupon", per_person=3))
    kept, spent = await desk.claim(p.id), await desk.claim(p.id)
    await desk.db.write(SYSTEM, placed, Placed(50, 7))
    await desk.hold(1, Limit(p.id, spent.id, 1_000))
    before = await desk.counts()
    await desk.db.write(SYSTEM, erased, CardsErased(7, "delivery"))
    assert await desk.counts() == before
    await desk.db.write(SYSTEM, erased, CardsErased(7, "account"))
    assert (await desk.service.mine(buyer(), MineQuery(""))).rows == []
    left = await desk.counts()
    assert (left["coupons"], left["firsts"], left["counts"]) == (1, 0, 0)
    assert await desk.turn("confirm", 1) == "confirmed"
    assert await desk.turn("give_back", 1) == "given_back"
    assert (await desk.see(p.id)).used_uses == 0
    assert kept.id != spent.id
