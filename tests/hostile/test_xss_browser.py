"""A real Chromium opens pages that hold every vector, with the policy that forbids inline scripts switched off: nothing runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import async_playwright

from jishi.kernel import World
from tests.journeys.conftest import CHROMIUM, FLAGS, free_port
from tests.kit import Clock, engine_on

from .kit import House, housed
from .test_xss import delivered, packs
from .xss import GLOBAL, vectors

pytestmark = pytest.mark.browser


@asynccontextmanager
async def serving(house: House) -> AsyncIterator[str]:
    """The house on a port of this machine."""
    from granian.constants import Interfaces
    from granian.server.embed import Server

    app: Any = house.app
    port = free_port()
    server = Server(app, "127.0.0.1", port, interface=Interfaces.ASGINL, log_enabled=False)
    task = asyncio.create_task(server.serve())
    for _ in range(100):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            break
        except OSError:
            await asyncio.sleep(0.05)  # the port opens in a thread of the server's own, which tells nobody
    yield f"http://127.0.0.1:{port}"
    server.stop()
    await task


@pytest.mark.timeout(180)
async def test_nothing_of_it_runs_in_a_browser(tmp_path: Path, world: World, clock: Clock) -> None:
    """Slow: a browser. Reviews, follow-ups, replies and questions with all vectors, as a buyer, a clerk and staff."""
    async with engine_on("sqlite", tmp_path, world) as engine, housed(engine, clock) as house:
        await fill(house)
        async with serving(house) as address, async_playwright() as p:
            ran: list[str] = []
            browser = await p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for who, paths in {
                "other": ["/products/tea", "/products/tea/reviews?sort=newest", "/products/tea/questions"],
                "clerk_tea": ["/desk/reviews?tab=all"],
                "staff": ["/desk/reviews?tab=all", "/desk/reviews?tab=questions"],
            }.items():
                context = await browser.new_context(bypass_csp=True)
                await context.add_cookies([{"name": "jishi_session", "value": house.token(who), "url": address}])
                page = await context.new_page()
                page.on("dialog", lambda d: ran.append(d.message))
                page.on("popup", lambda w: ran.append(w.url))
                for path in paths:
                    answer = await page.goto(f"{address}/en{path}")
                    assert answer is not None
                    assert answer.status == 200, path
                    await page.mouse.move(200, 200)
                    await page.keyboard.press("Tab")
                    assert await page.evaluate(f"window.{GLOBAL}") is None, path
                    assert await page.title() != "x", path
                    text = await page.inner_text("main")
                    assert "alert(1)" in text, path
                assert ran == []
                await context.close()
            await browser.close()


async def fill(house: House) -> None:
    """Every vector in reviews of TEA, with a follow-up and a reply, and some as questions."""
    for text in packs():
        number = await delivered(house, TEA=1)
        body = {"line": 1, "stars": 1, "text": text}
        id = (await house.api("POST", f"/orders/{number}/reviews", "owner", json=body)).json()["id"]
        await house.api("PUT", f"/reviews/{id}/follow-up", "owner", json={"text": text})
        await house.api("PUT", f"/reviews/{id}/reply", "staff", json={"text": text})
    for i, vector in enumerate(vectors()[::25]):
        body = {"text": f"alert(1) {vector}"}
        got = await house.api("POST", "/products/tea/questions", "owner", key=f"q{i}", json=body)
        assert got.status_code == 201, got.text
    await house.drain()
    for who in ("other", "clerk_tea", "staff"):
        await house.sign_in(who)
