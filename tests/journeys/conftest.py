"""A real shop in a process of its own, and a real Chromium at both sizes."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

CHROMIUM = os.environ.get("JISHI_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1366, "height": 900}
START_S = 180  # the fill draws and encodes a picture of every product
SHOTS = Path(os.environ.get("JISHI_ARTEFACTS", "artefacts")) / "shots"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def serving(data: Path, *options: str, port: int | None = None) -> Iterator[str]:
    """`jishi demo` on a free port with its data in `data`; answers its address, ends it by its pid."""
    port = port or free_port()
    env = os.environ | {"JISHI_DATA": str(data), "JISHI_BASE_URL": f"http://localhost:{port}", "JISHI_LOG": "json"}
    env |= {
        f"JISHI_RATES__{name}": "100000/minute" for name in ("SIGN_IN", "CODE", "SESSION", "PLACE", "WRITE", "READ")
    }
    log = (data / "server.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-m", "jishi", "demo", "--port", str(port), *options], env=env, stdout=log, stderr=log
    )
    address = f"http://localhost:{port}"
    try:
        for _ in range(START_S * 5):
            if process.poll() is not None:
                raise RuntimeError((data / "server.log").read_text()[-4000:])
            try:
                if httpx.get(f"{address}/readyz", timeout=1).status_code == 200:
                    break
            except httpx.HTTPError:
                pass
            try:
                process.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
        else:
            raise RuntimeError("the shop did not start")
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if address := os.environ.get("JISHI_TEST_SHOP"):  # one that runs already, for whoever works on a page
        yield address
        return
    data = tmp_path_factory.mktemp("shop")
    with serving(data, "--orders", "60") as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


def complains(message: ConsoleMessage) -> bool:
    """An error or a warning, but for what Playwright says of the worker that it keeps out."""
    return message.type in ("error", "warning") and "registration blocked" not in message.text


class Visitor:
    """A window with a language, a size and JavaScript or none; it collects what the console complains about."""

    def __init__(
        self, browser: Browser, address: str, locale: str, size: dict[str, int], *, js: bool, agent: str | None = None
    ) -> None:
        self.address, self.locale, self.js = address, locale, js
        self.context: BrowserContext = browser.new_context(
            locale=locale,
            viewport=size,  # type: ignore[arg-type]
            is_mobile=size is PHONE,
            has_touch=size is PHONE,
            java_script_enabled=js,
            user_agent=agent,
            reduced_motion="reduce",
            service_workers="block",  # what it keeps is looked at in a test of its own
        )
        self.context.set_default_timeout(15_000)
        self.complaints: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda m: self.complaints.append(m.text) if complains(m) else None)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def go(self, path: str) -> Page:
        answer = self.page.goto(f"{self.address}/{self.locale}{path}")
        assert answer is not None
        assert answer.status < 400, (path, answer.status)
        return self.page

    def shot(self, name: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        size = "m" if (self.page.viewport_size or PHONE)["width"] < 600 else "d"
        self.page.screenshot(path=SHOTS / f"{name}.{self.locale}-{size}.png", full_page=True)


@pytest.fixture(params=["zh-phone", "en-desktop", "zh-phone-nojs", "en-desktop-nojs"])
def visitor(request: pytest.FixtureRequest, browser: Browser, shop: str) -> Iterator[Visitor]:
    """Phone size in Chinese and desktop size in English, with and without JavaScript."""
    locale, size, *rest = request.param.split("-")
    it = Visitor(browser, shop, {"zh": "zh-CN", "en": "en"}[locale], PHONE if size == "phone" else DESKTOP, js=not rest)
    yield it
    it.context.close()
