"""Who may say what of what they bought, and that nobody else may."""

import pytest
from msgspec import structs

from jishi.goods.catalog import BadPicture
from jishi.kernel import Forbidden, Invalid
from jishi.trade.orders import NoOrder
from jishi.trade.reviews import (
    EditOver,
    EditReview,
    FollowUp,
    MayReview,
    MyReviews,
    NoReview,
    NotArrived,
    ProductGone,
    PutReply,
    Reviewed,
    ReviewQuery,
    ReviewsQuery,
)
from jishi.trade.reviews.kinds import REVIEWS
from tests.kit import STAFF

from .kit import BUYER, CLERK, GUEST, LAMP, LONG, OTHER_CLERK, SECRET, STRANGER, TEA, Stand, photo


async def reviews_there(stand: Stand) -> int:
    return await stand.documents.count(REVIEWS, {})


async def test_a_buyer_reviews_a_delivered_line_once(stand: Stand) -> None:
    order_id = stand.bought()
    written = await stand.write(4, LONG, order_id=order_id)
    assert (written.stars, written.text, written.author, written.lang) == (4, LONG, "林*", "zh")
    assert (written.bought, written.merchant_id) == ({"en": "Large", "zh-CN": "大"}, 71)
    assert await stand.write(4, LONG, order_id=order_id) == written  # said again: the same review
    with pytest.raises(Reviewed) as e:
        await stand.write(1, "otherwise", order_id=order_id)
    assert e.value.review_id == written.id
    assert await reviews_there(stand) == 1
    assert (await stand.reviews.review(STRANGER, ReviewQuery(written.id))).stars == 4


@pytest.mark.parametrize("fulfilment", ["placed", "confirmed", "packed", "shipped", "cancelled"])
async def test_what_has_not_arrived_has_no_review(stand: Stand, fulfilment: str) -> None:
    with pytest.raises(NotArrived):
        await stand.write(order_id=stand.bought(fulfilment=fulfilment))
    assert await reviews_there(stand) == 0


async def test_a_cancelled_line_and_one_that_is_not_there_have_none(stand: Stand) -> None:
    order_id = stand.bought()
    o = stand.orders.rows[order_id]
    lines = [structs.replace(x, cancelled=x.quantity) for x in o.children[0].lines]
    stand.orders.rows[order_id] = structs.replace(o, children=[structs.replace(o.children[0], lines=lines)])
    for n in (1, 2, 99):
        with pytest.raises(NotArrived):
            await stand.write(order_id=order_id, line=n)
    assert await reviews_there(stand) == 0


async def test_strangers_write_nothing_and_read_no_order_by_it(stand: Stand) -> None:
    order_id = stand.bought()
    for ctx, fault in ((STRANGER, NoOrder), (GUEST, NoOrder), (CLERK, Forbidden), (STAFF, Forbidden)):
        with pytest.raises(fault):
            await stand.write(order_id=order_id, ctx=ctx)
        with pytest.raises(fault):
            await stand.reviews.may_review(ctx, MayReview(order_id))
    written = await stand.write(5, "好", order_id=order_id)
    for ctx in (STRANGER, GUEST):
        with pytest.raises(NoReview):
            await stand.reviews.edit(ctx, EditReview(written.id, 1, "bad"))
        with pytest.raises(NoReview):
            await stand.reviews.follow_up(ctx, FollowUp(written.id, "bad"))
        with pytest.raises(Forbidden):
            await stand.reviews.reply(ctx, PutReply(written.id, "thanks"))
    assert (await stand.reviews.review(GUEST, ReviewQuery(written.id))) == written


async def test_a_guest_writes_by_the_link_of_the_order(stand: Stand) -> None:
    order_id = stand.bought(9)
    written = await stand.write(3, "可以", order_id=order_id, ctx=STRANGER, secret=SECRET)
    better = await stand.reviews.edit(STRANGER, EditReview(written.id, 4, "可以的", secret=SECRET))
    assert (better.stars, better.author) == (4, "林*")
    mine = await stand.reviews.mine(GUEST, MyReviews())  # it is the guest's, whoever held the link
    assert [r.id for r in mine.rows] == [written.id]
    assert (await stand.reviews.mine(STRANGER, MyReviews())).rows == []


async def test_wrong_words_and_stars_are_named_and_nothing_is_kept(stand: Stand) -> None:
    order_id = stand.bought()
    for stars, text in ((0, ""), (6, ""), (-1, ""), (5, "x" * 2001)):
        with pytest.raises(Invalid):
            await stand.write(stars, text, order_id=order_id)
    with pytest.raises(Invalid):
        await stand.write(order_id=order_id, pictures=[b"x"] * 7)
    assert (await reviews_there(stand), stand.files.kept) == (0, {})


async def test_words_are_plain_and_nothing_hides_in_them(stand: Stand) -> None:
    written = await stand.write(5, "good\u202e\u200b tea\x00\x1b[31m\r\n\n\n\n  <b>fine</b>  ")
    assert written.text == "good tea[31m\n\n  <b>fine</b>"


async def test_pictures_are_re_encoded_and_bad_ones_leave_nothing(stand: Stand) -> None:
    order_id = stand.bought()
    for bad in (b"", b"<svg onload=alert(1)>", b"GIF89a" + b"\0" * 20, photo()[:200]):
        with pytest.raises(BadPicture):
            await stand.write(order_id=order_id, pictures=[bad])
    assert (await reviews_there(stand), stand.files.kept) == (0, {})
    written = await stand.write(5, "看图", order_id=order_id, pictures=[photo(), photo(), photo(500, 500, "PNG")])
    assert [(s.width, s.height, s.sizes) for s in written.pictures] == [(640, 480, [200, 400]), (500, 500, [200, 400])]
    assert all(name.startswith("reviews/") and data[:4] == b"RIFF" for name, data in stand.files.kept.items())
    assert b"Exif" not in b"".join(stand.files.kept.values())


async def test_a_product_that_is_gone_takes_no_review_and_keeps_its_old_ones(stand: Stand) -> None:
    before, after = stand.bought(), stand.bought()
    written = await stand.write(5, "好茶", order_id=before)
    for gone in ({"status": "archived"}, {"status": "published", "recalled": True}):
        stand.set_goods(TEA, **gone)
        with pytest.raises(ProductGone) as e:
            await stand.write(5, "好", order_id=after)
        assert (type(e.value).status, e.value.product_id) == (410, TEA)
        for change in (EditReview(written.id, 1, "x"), FollowUp(written.id, "x")):
            with pytest.raises(ProductGone):
                await (stand.reviews.edit if isinstance(change, EditReview) else stand.reviews.follow_up)(BUYER, change)  # type: ignore[arg-type]
        (row,) = (await stand.reviews.may_review(BUYER, MayReview(before))).rows
        assert row.review == written
    del stand.goods.rows[TEA]
    with pytest.raises(ProductGone):
        await stand.write(5, "好", order_id=after)
    assert await reviews_there(stand) == 1


async def test_an_edit_keeps_what_was_said_and_ends_after_thirty_days(stand: Stand) -> None:
    written = await stand.write(1, "坏了", pictures=[photo()])
    keep = [written.pictures[0].path]
    better = await stand.reviews.edit(BUYER, EditReview(written.id, 4, "卖家换了新的，很好", keep=keep))
    assert (better.stars, better.at, better.pictures) == (4, written.at, written.pictures)
    assert better.edited_at > 0
    assert await stand.reviews.edit(BUYER, EditReview(written.id, 4, "卖家换了新的，很好", keep=keep)) == better
    doc = (await stand.documents.get(REVIEWS, [str(written.id)]))[str(written.id)].body
    assert [(e.stars, e.text) for e in doc.history] == [(1, "坏了")]
    assert (await stand.summary()).stars == [0, 0, 0, 1, 0]
    await stand.later(days=30)
    with pytest.raises(EditOver):
        await stand.reviews.edit(BUYER, EditReview(written.id, 5, "x"))
    assert (await stand.reviews.review(GUEST, ReviewQuery(written.id))).stars == 4


async def test_a_follow_up_comes_once_within_half_a_year(stand: Stand) -> None:
    written, late = await stand.write(5, "好"), await stand.write(5, "好", line=1)
    await stand.later(days=179)
    more = await stand.reviews.follow_up(BUYER, FollowUp(written.id, "用了半年，开裂了", [photo()]))
    assert more.follow_up is not None
    assert (more.follow_up.text, len(more.follow_up.pictures)) == ("用了半年，开裂了", 1)
    assert (await stand.reviews.follow_up(BUYER, FollowUp(written.id, "用了半年，开裂了"))) == more
    with pytest.raises(EditOver):
        await stand.reviews.follow_up(BUYER, FollowUp(written.id, "又"))
    await stand.later(days=2)
    with pytest.raises(EditOver):
        await stand.reviews.follow_up(BUYER, FollowUp(late.id, "晚了"))


async def test_the_merchant_replies_once_and_a_change_is_marked(stand: Stand) -> None:
    written = await stand.write(2, "太慢")
    with pytest.raises(NoReview):
        await stand.reviews.reply(OTHER_CLERK, PutReply(written.id, "x"))
    first = (await stand.reviews.reply(CLERK, PutReply(written.id, "抱歉"))).reply
    assert first is not None
    assert (first.text, first.edited_at) == ("抱歉", 0)
    stand.clock.pass_time(minutes=1)
    assert (await stand.reviews.reply(CLERK, PutReply(written.id, "抱歉"))).reply == first
    second = (await stand.reviews.reply(CLERK, PutReply(written.id, "抱歉，已补发"))).reply
    assert second is not None
    assert (second.at, second.edited_at) == (first.at, stand.clock())


async def test_what_can_be_done_with_each_line_is_told(stand: Stand) -> None:
    order_id = stand.bought(lines=2)
    written = await stand.write(5, "好", order_id=order_id)
    rows = (await stand.reviews.may_review(BUYER, MayReview(order_id))).rows
    assert [(r.line, r.can, r.review and r.review.id) for r in rows] == [
        (1, ["edit", "follow_up"], written.id),
        (2, ["write"], None),
    ]
    await stand.later(days=31)
    rows = (await stand.reviews.may_review(BUYER, MayReview(number=stand.orders.rows[order_id].number))).rows
    assert rows[0].can == ["follow_up"]


async def test_reviews_of_one_product_are_not_another_s(stand: Stand) -> None:
    await stand.write(5, "好")
    await stand.write(1, "坏", product_id=LAMP)
    assert len((await stand.reviews.reviews(GUEST, ReviewsQuery(LAMP))).rows) == 1
    assert (await stand.summary(LAMP)).stars == [1, 0, 0, 0, 0]
    assert (await stand.summary(TEA)).stars == [0, 0, 0, 0, 1]


async def test_the_id_of_a_review_tells_no_order(stand: Stand) -> None:
    order_id = stand.bought()
    written = await stand.write(order_id=order_id)
    assert written.id != order_id
    assert str(order_id) not in str(written.id)
