"""Whatever somebody writes is read as text: by buyers, by the merchant's clerks and by staff."""

from collections.abc import AsyncIterator
from html import escape, unescape
from pathlib import Path

import pytest

from jishi.goods.catalog import PutProduct, SkuDraft
from jishi.kernel import World
from jishi.kernel.ids import decode
from tests.kit import STAFF, Clock, engine_on

from .kit import House, housed
from .xss import LEAST, assert_harmless, unsafe, vectors

EVERY = 4  # questions and goods go through the whole application one by one: every fourth there, all of them in reviews
LONGEST = 1_900


@pytest.fixture
async def house(tmp_path: Path, world: World, clock: Clock) -> AsyncIterator[House]:
    async with engine_on("sqlite", tmp_path, world) as engine, housed(engine, clock) as house:
        yield house


def packs() -> list[str]:
    """All vectors in as many texts as a review may be long."""
    texts = [""]
    for vector in vectors():
        if len(texts[-1]) + len(vector) + 1 > LONGEST:
            texts.append("")
        texts[-1] += vector + "\n"
    return texts


async def delivered(house: House, **wanted: int) -> str:
    for who in ("owner", "staff"):
        await house.sign_in(who)
    number = str((await house.bought(**wanted))["number"])
    for child in range(1, len((await house.order(number))["children"]) + 1):
        await house.travel((await house.ship(number, child))["waybill"])
    return number


def test_there_are_enough_and_the_judge_knows_them() -> None:
    assert len(vectors()) >= LEAST
    page = "<!doctype html><html><head><meta charset=utf-8></head><body><p>{}</p></body></html>"
    raw = [v for v in vectors() if unsafe(page.format(v))]
    assert len(raw) >= LEAST // 2  # those that are markup are met where they stand as they are
    assert [v for v in vectors() if unsafe(page.format(escape(v)))] == []
    in_attribute = '<!doctype html><body><a title="{}" href="/">x</a></body>'
    assert len([v for v in vectors() if unsafe(in_attribute.format(v))]) > 20
    assert [v for v in vectors() if unsafe(in_attribute.format(escape(v)))] == []


@pytest.mark.timeout(300)
async def test_every_vector_in_reviews_replies_and_follow_ups(house: House) -> None:
    """Slow: a few dozen orders are bought and delivered; all vectors stand on pages that buyers, clerks and staff open."""
    texts = packs()
    done = 0
    while done < len(texts):
        number = await delivered(house, TEA=1, POT=1, LAMP=1)
        for line in (1, 2, 3):
            text = texts[done % len(texts)]
            got = await house.api(
                "POST", f"/orders/{number}/reviews", "owner", json={"line": line, "stars": 1, "text": text}
            )
            assert got.status_code == 201, got.text
            id = got.json()["id"]
            later = await house.api("PUT", f"/reviews/{id}/follow-up", "owner", json={"text": text})
            assert later.status_code == 200, later.text
            answered = await house.api("PUT", f"/reviews/{id}/reply", "staff", json={"text": text})
            assert answered.status_code == 200, answered.text
            done += 1
        await house.drain()
        own = await house.page("GET", f"/orders/{number}/review/1", "owner")
        assert_harmless(own.text, "the author's form")
    shown = ""
    for handle in ("tea", "pot", "lamp"):
        for who in ("", "other", "staff"):
            page = await house.page("GET", f"/products/{handle}", who)
            assert_harmless(page.text, f"{handle} as {who}")
        cursor = ""
        while True:
            page = await house.page(
                "GET", f"/products/{handle}/reviews", "", params={"sort": "newest", "cursor": cursor}
            )
            assert_harmless(page.text, handle)
            shown += unescape(page.text)
            listed = (await house.api("GET", f"/products/{handle}/reviews?sort=newest&cursor={cursor}")).json()
            if not (cursor := listed["next"] or ""):
                break
    for vector in vectors():
        kept = "".join(c for c in vector if c not in "\x00\x01\x02\x03\u202e")
        assert kept in shown, vector  # what was written is there, as text
    for who, path in (
        ("clerk_tea", "/desk/reviews?tab=all"),
        ("staff", "/desk/reviews?tab=critical"),
        ("owner", "/me/reviews"),
    ):
        assert_harmless((await house.page("GET", path, who)).text, path)


async def test_vectors_in_questions_and_answers(house: House) -> None:
    for i, vector in enumerate(vectors()[::EVERY]):
        got = await house.page("POST", "/products/tea/questions", "owner", {"text": f"why {vector}", "key": f"k{i}"})
        assert got.status_code == 303
    first = (await house.api("GET", "/products/tea/questions?limit=50")).json()["items"]
    for question, vector in zip(first, vectors()[1::EVERY], strict=False):
        got = await house.api("PUT", f"/questions/{question['id']}/answer", "clerk_tea", json={"text": vector})
        assert got.status_code == 200, got.text
    cursor, pages = "", 0
    while True:
        page = await house.page("GET", "/products/tea/questions", "other", params={"cursor": cursor})
        assert_harmless(page.text, "questions")
        pages += 1
        answer = (await house.api("GET", f"/products/tea/questions?cursor={cursor}")).json()
        if not (cursor := answer["next"] or ""):
            break
    assert pages > 3
    for who in ("staff", "clerk_tea"):
        assert_harmless((await house.page("GET", "/desk/reviews?tab=questions", who)).text, who)


async def test_vectors_in_what_was_refused(house: House) -> None:
    """A form that comes back shows what was typed, as text."""
    number = await delivered(house, TEA=1)
    for vector in vectors()[:: EVERY * 2]:
        data = {"do": "write", "text": vector, "stars": vector, "keep": vector, "secret": ""}
        got = await house.http.post(
            f"/en/orders/{number}/review/1", headers=house.proof("owner"), data=data, files={"x": b""}
        )
        assert got.status_code == 422, got.text
        assert_harmless(got.text, vector)
        for query in ("stars", "topic", "sort", "show", "lang", "cursor"):
            page = await house.page("GET", "/products/tea/reviews", "", params={query: vector})
            assert page.status_code in (200, 422)
            assert_harmless(page.text, f"{query}={vector}")
    id = "rev_0000000000001"
    form = {"kind": "review", "id": id, "reason": vectors()[0], "note": vectors()[0], "do": "withhold"}
    assert_harmless((await house.page("POST", "/desk/reviews/moderation", "staff", form)).text, "moderation")


async def test_vectors_in_what_merchants_write(house: House) -> None:
    """Names, summaries, specifications and descriptions of goods, on their page and in lists."""
    merchant = decode("mer", house.merchant["tea"])
    for vector in vectors()[:: EVERY * 2]:
        text = {"en": f"Tea {vector}"[:200], "zh-CN": f"茶 {vector}"[:200]}
        draft = PutProduct(
            merchant, "tea", text, text, {"en": f"<p>good</p>{vector}", "zh-CN": vector}, "all",
            skus=[SkuDraft("TEA", weight_g=250)], specs=[(text, text)],
        )  # fmt: skip
        await house.shop.catalog.put(STAFF, draft)
        await house.drain()
        for path in ("/products/tea", "/products/tea/reviews", "/products/tea/questions", "/products"):
            page = await house.page("GET", path)
            assert page.status_code == 200
            assert_harmless(page.text, f"{path}: {vector}")
