"""Reviews through the whole application: bought, delivered, written on the page, seen by everybody, answered, withheld."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from jishi.kernel import Engine
from tests.hostile.kit import House, housed
from tests.kit import Clock
from tests.trade.reviews.kit import photo


@pytest.fixture
async def house(engine: Engine, clock: Clock) -> AsyncIterator[House]:
    async with housed(engine, clock) as house:
        yield house


async def delivered(house: House, who: str = "owner", **wanted: int) -> str:
    """An order that has arrived; its number."""
    number = str((await house.bought(who, **wanted or {"TEA": 1}))["number"])
    await house.travel((await house.ship(number))["waybill"])
    house.clock.pass_time(minutes=1)
    await house.drain()
    return number


async def written(
    house: House, number: str, stars: int = 4, text: str = "质量很好，物流很快", who: str = "owner"
) -> dict[str, Any]:
    got = await house.api("POST", f"/orders/{number}/reviews", who, json={"line": 1, "stars": stars, "text": text})
    assert got.status_code == 201, got.text
    await house.drain()
    return dict(got.json())


async def test_a_buyer_writes_on_the_page_and_everybody_reads_it(house: House) -> None:
    number = await delivered(house)
    page = await house.page("GET", f"/orders/{number}", "owner")
    assert f"/en/orders/{number}/review/1" in page.text
    form = await house.page("GET", f"/orders/{number}/review/1", "owner")
    assert form.status_code == 200
    assert 'name="stars"' in form.text
    files = [("pictures", ("a.jpg", photo(), "image/jpeg"))]
    data = {"do": "write", "stars": "4", "text": "质量很好，物流很快", "keep": ""}
    proof = house.proof("owner")
    got = await house.http.post(f"/en/orders/{number}/review/1", headers=proof, data=data, files=files)
    assert got.status_code == 303, got.text
    await house.drain()
    seen = await house.page("GET", "/products/tea/reviews")
    assert seen.status_code == 200
    assert "质量很好，物流很快" in seen.text
    assert "欧*" in seen.text
    assert "欧阳" not in seen.text
    assert "/media/reviews/" in seen.text
    after = await house.page("GET", f"/orders/{number}/review/1", "owner", params={"written": "1"})
    assert "Your review is published." in after.text
    for filtered, there in (("stars=4", True), ("stars=1", False), ("topic=quality", True), ("topic=size", False),
                            ("show=pictures", True), ("show=critical", False), ("sort=critical", True)):  # fmt: skip
        got = await house.page("GET", f"/products/tea/reviews?{filtered}")
        assert ("质量很好" in got.text) is there, filtered


async def test_ready_bytes_hear_of_a_new_review_a_reply_and_a_vote(house: House) -> None:
    assert "Nobody has reviewed this yet" in (await house.page("GET", "/products/tea/reviews")).text
    review = await written(house, await delivered(house))
    assert "质量很好" in (await house.page("GET", "/products/tea/reviews")).text
    got = await house.page("POST", f"/desk/reviews/{review['id']}/reply", "clerk_tea", {"text": "Thank you kindly"})
    assert got.status_code == 303
    await house.drain()
    assert "Thank you kindly" in (await house.page("GET", "/products/tea/reviews")).text
    got = await house.page("POST", f"/reviews/{review['id']}/helpful", "other", {"on": "1"})
    assert got.status_code == 200
    await house.drain()
    assert "Helpful (1)" in (await house.page("GET", "/products/tea/reviews")).text
    own = await house.page("POST", f"/reviews/{review['id']}/helpful", "owner", {"on": "1"})
    assert own.status_code == 409


async def test_wrong_forms_keep_what_was_typed(house: House) -> None:
    number = await delivered(house)
    proof = house.proof("owner")
    for data, status in (
        ({"do": "write", "text": "typed words"}, 422),
        ({"do": "write", "stars": "9", "text": "typed words"}, 422),
    ):
        got = await house.http.post(f"/en/orders/{number}/review/1", headers=proof, data=data, files={"x": b""})
        assert (got.status_code, "typed words" in got.text) == (status, True)
    bad = [("pictures", ("a.jpg", b"<svg onload=alert(1)>", "image/jpeg"))]
    got = await house.http.post(
        f"/en/orders/{number}/review/1", headers=proof, data={"stars": "5", "text": "typed words"}, files=bad
    )
    assert (got.status_code, "typed words" in got.text) == (422, True)
    assert (await house.api("GET", "/products/tea/reviews")).json()["rating"]["count"] == 0


async def test_strangers_find_no_line_and_change_nothing(house: House) -> None:
    number = await delivered(house)
    for who in ("other", "guest", ""):
        assert (await house.page("GET", f"/orders/{number}/review/1", who)).status_code == 404
        got = await house.api("POST", f"/orders/{number}/reviews", who, json={"line": 1, "stars": 1, "text": "x"})
        assert got.status_code in (401, 404)
    review = await written(house, number)
    for who in ("other", "guest"):
        got = await house.api("PUT", f"/reviews/{review['id']}", who, json={"stars": 1, "text": "x"})
        assert got.status_code == 404
    for who in ("clerk_road",):
        got = await house.page("POST", f"/desk/reviews/{review['id']}/reply", who, {"text": "x"})
        assert got.status_code == 404
    for who in ("owner", "clerk_tea"):
        got = await house.page(
            "POST",
            "/desk/reviews/moderation",
            who,
            {"kind": "review", "id": review["id"], "reason": "hate", "note": "x"},
        )
        assert got.status_code in (303, 403)
    item = (await house.api("GET", "/products/tea/reviews")).json()["items"][0]
    assert (item["stars"], item["reply"], item["withheld"]) == (4, None, None)


async def test_staff_withhold_with_a_reason_and_a_log(house: House) -> None:
    review = await written(house, await delivered(house), 1, "a word that is against the law")
    form = {
        "kind": "review",
        "id": review["id"],
        "n": "0",
        "reason": "hate",
        "note": "an insult by name",
        "do": "withhold",
    }
    assert (await house.page("POST", "/desk/reviews/moderation", "staff", form)).status_code == 303
    await house.drain()
    seen = await house.page("GET", "/products/tea/reviews")
    assert "a word that is against the law" not in seen.text
    assert "insults or incites hatred" in seen.text
    assert "an insult by name" in (await house.page("GET", "/desk/reviews/log", "staff")).text
    assert (await house.api("GET", "/products/tea/reviews")).json()["rating"]["stars"] == [1, 0, 0, 0, 0]
    desk = await house.page("GET", "/desk/reviews?tab=withheld", "staff")
    assert "a word that is against the law" in desk.text
    assert (
        "a word that is against the law"
        not in (await house.page("GET", "/desk/reviews?tab=withheld", "clerk_tea")).text
    )


async def test_questions_on_the_page(house: House) -> None:
    got = await house.page("POST", "/products/tea/questions", "owner", {"text": "Does it keep for a year?", "key": "k"})
    assert got.status_code == 303
    assert (
        await house.page("POST", "/products/tea/questions", "owner", {"text": "Does it keep for a year?", "key": "k"})
    ).status_code == 303
    await house.drain()
    page = await house.page("GET", "/products/tea/questions")
    assert page.text.count("Does it keep for a year?") == 1
    question = (await house.api("GET", "/products/tea/questions")).json()["items"][0]
    assert (
        await house.page("POST", f"/questions/{question['id']}/answer", "other", {"text": "no idea"})
    ).status_code == 403
    assert (
        await house.page("POST", f"/desk/questions/{question['id']}/answer", "clerk_tea", {"text": "Two years"})
    ).status_code == 303
    assert "Two years" in (await house.page("GET", "/products/tea/questions")).text
    nobody = await house.page("POST", "/products/tea/questions", "", {"text": "Who am I?", "key": "k"})
    assert (nobody.status_code, "/en/sign-in" in nobody.headers["location"]) == (303, True)


async def test_the_mail_asks_once_and_its_link_says_no(house: House) -> None:
    await delivered(house)
    house.clock.pass_time(days=6)
    await house.drain()
    letters = [
        m
        for m in house.post.sent
        if "What you bought" in m.subject or "您买的东西" in m.subject or "How is what" in m.subject
    ]
    assert len(letters) == 1
    assert "/orders/J" in letters[0].body
    token = letters[0].body.partition("quiet?t=")[2].split()[0]
    assert (await house.page("GET", f"/reviews/quiet?t={token}")).status_code == 200
    got = await house.page("POST", "/reviews/quiet", "", {"t": token, "on": "1"})
    assert got.status_code == 303
    await house.sign_in("staff")  # days have passed
    await house.sign_in("owner")
    await delivered(house)
    house.clock.pass_time(days=6)
    await house.drain()
    assert len([m for m in house.post.sent if "quiet?t=" in m.body]) == 1


async def test_what_is_mine(house: House) -> None:
    number = await delivered(house)
    waiting = await house.page("GET", "/me/reviews", "owner")
    assert f"/en/orders/{number}/review/1" in waiting.text
    await written(house, number, 5, "kept words")
    mine = await house.page("GET", "/me/reviews", "owner")
    assert "kept words" in mine.text
    assert f"/en/orders/{number}/review/1" not in mine.text
    assert "kept words" not in (await house.page("GET", "/me/reviews", "other")).text
