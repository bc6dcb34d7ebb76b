"""No link is dead: everything that a guest can reach by links, in both languages, is a page in words."""

import re
from collections import deque
from html import unescape
from urllib.parse import urldefrag, urlsplit

import httpx
import pytest

from jishi.kernel.i18n import LOCALES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PAGES = 200  # a language
OF_A_SHAPE = 25  # addresses that differ in their parameters or handles alone
HREF = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
KEY = re.compile(r">\s*[a-z]+(?:\.[a-z_]+){1,4}\s*<")  # a sentence that nobody translated shows its name
SAID = re.compile(r"<script.*?</script>|<style.*?</style>", re.DOTALL)


def shape(path: str) -> str:
    """What a page is, whatever it is of: the route's names and those of its parameters."""
    parts = urlsplit(path)
    route = re.sub(r"(?<=/products/)[^/]+|(?<=/mailbox/)[^/]+|(?<=/orders/)[^/]+", "*", parts.path)
    return route + "?" + "&".join(sorted({x.partition("=")[0] for x in parts.query.split("&") if x}))


@pytest.mark.parametrize("locale", LOCALES)
def test_no_link_is_dead(shop: str, locale: str) -> None:
    wrong, seen, shapes = list[str](), {f"/{locale}"}, dict[str, int]()
    due = deque([(f"/{locale}", "")])
    with httpx.Client(base_url=shop, timeout=30, headers={"user-agent": "links"}) as client:
        while due and sum(shapes.values()) < PAGES:
            path, found_on = due.popleft()
            kind = shape(path)
            if shapes.get(kind, 0) >= OF_A_SHAPE:
                continue
            shapes[kind] = shapes.get(kind, 0) + 1
            answer = client.get(path, follow_redirects=True)
            if answer.status_code >= 400:
                wrong.append(f"{answer.status_code} {path} on {found_on}")
                continue
            text = answer.text if "html" in answer.headers.get("content-type", "") else ""
            wrong += [f"{key[0]} on {path}" for key in KEY.finditer(SAID.sub("", text))]
            for href in HREF.findall(text):
                to = urldefrag(unescape(href))[0]
                if to.startswith("/") and to not in seen:
                    seen.add(to)
                    due.append((to, path))
    assert not wrong, "\n".join(["", *wrong])
    assert len(shapes) > 20
