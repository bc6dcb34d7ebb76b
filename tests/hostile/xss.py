"""Texts that would run if a page took them for more than text, and a judge of pages that show them.

Any noun may test its text fields with `VECTORS`: put each where a person or a merchant may write, open the page as those who
read it, and `assert_harmless(page)`."""

import tomllib
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

DATA = Path(__file__).parents[1] / "data/xss.toml"
LEAST = 200
GLOBAL = "__xss"
NEVER = {
    "iframe",
    "object",
    "embed",
    "base",
    "marquee",
    "frame",
    "frameset",
    "applet",
    "math",
    "video",
    "audio",
    "foreignobject",
}
ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "xlink:href", "hx-get", "hx-post", "srcset"}
BLOCKS = {"application/ld+json"}  # data, never run
METAS = {"viewport", "description", "theme-color", "htmx-config", "robots", "referrer", "color-scheme"}


@cache
def vectors() -> tuple[str, ...]:
    """Every pattern with each of its payloads and quotes, once each, in the file's order."""
    raw = tomllib.loads(DATA.read_text("utf-8"))
    made = [
        pattern.replace("{q}", "\x00q").format(p=payload).replace("\x00q", quote)
        for patterns in raw["families"].values()
        for pattern in patterns
        for payload in raw["payloads"]
        for quote in (raw["quotes"] if "{q}" in pattern else [""])
    ]
    return tuple(dict.fromkeys(made))


class Judge(HTMLParser):
    """Everything in a page that runs, loads or sends to somewhere else."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = {name.lower(): value or "" for name, value in attrs}
        if tag in NEVER:
            self.wrong.append(f"<{tag}>")
        if tag == "script" and not own.get("src", "").startswith("/static/") and own.get("type") not in BLOCKS:
            self.wrong.append(f"<script {own}>")
        if tag == "meta" and "charset" not in own and own.get("name") not in METAS and "property" not in own:
            self.wrong.append(f"<meta {own}>")
        if tag == "link" and not safe(own.get("href", "")):
            self.wrong.append(f"<link {own}>")
        for name, value in own.items():
            if name.startswith(("on", "hx-on")) or name in ("style", "srcdoc"):
                self.wrong.append(f"{tag} {name}={value[:60]!r}")
            if name in ADDRESSES and tag != "link" and not safe(value):
                self.wrong.append(f"{tag} {name}={value[:60]!r}")


def safe(address: str) -> bool:
    """A path of ours, a fragment, or the shop's own https address."""
    parts = urlsplit("".join(c for c in address if c > " "))
    return parts.scheme in ("", "http", "https") and (not parts.netloc or parts.hostname in ("localhost", "127.0.0.1"))


def unsafe(html: str) -> list[str]:
    judge = Judge()
    judge.feed(html)
    judge.close()
    return judge.wrong


def assert_harmless(html: str, about: str = "") -> None:
    assert (wrong := unsafe(html)) == [], (about, wrong[:5])
