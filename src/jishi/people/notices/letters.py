"""A message's plain text and its simple HTML: the same sentences, every value escaped. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

from jishi.kernel.i18n import money

Render = Callable[..., str]  # render(key, locale, **params)
WITHOUT_MONEY = {"order_cancelled": "order_cancelled_unpaid", "order_cut": "order_cut_unpaid"}  # minor = 0

LINK = re.compile(r"https?://[^\s<>\"'，。；、（）]+[^\s<>\"'，。；、（）.,;:!?)]")
SUBJECT_MAX = 200
AMOUNTS = (("total", "total"), ("minor", "amount"))
PAGE = """<!doctype html>
<html lang="{locale}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{subject}</title></head>
<body style="margin:0;padding:24px;font:16px/1.6 system-ui,sans-serif;color:#1d1d1f"><div style="max-width:560px;margin:0 auto">
{body}
</div></body></html>
"""


def write(render: Render, template: str, locale: str, values: Mapping[str, str]) -> tuple[str, str, str]:
    """(subject, text, HTML) of `notices.<template>` in one language; a missing key or parameter raises."""
    if values.get("minor") == "0":
        template = WITHOUT_MONEY.get(template, template)
    subject = " ".join(render(f"notices.{template}.subject", locale, **values).split())[:SUBJECT_MAX]
    text = render(f"notices.{template}.body", locale, **values).strip() + "\n"
    return subject, text, to_html(subject, text, locale)


def spoken(values: Mapping[str, str], locale: str, base_url: str) -> dict[str, str]:
    """Values as sentences say them: `total` and `amount` (of `minor`) as money of `currency`, `link` to the order of `number`.

    With a `secret` the link opens the order of somebody who is not signed in; a `path` makes it lead to that page. What is
    told already stays."""
    said = dict(values)
    if currency := values.get("currency", ""):
        said |= {to: money(int(values[of]), currency, locale) for of, to in AMOUNTS if is_minor(values.get(of, ""))}
    if path := values.get("path", ""):
        said.setdefault("link", f"{base_url}/{locale}{quote(path)}")
    if number := values.get("number", ""):
        secret = f"?secret={quote(values['secret'])}" if values.get("secret") else ""
        said.setdefault("link", f"{base_url}/{locale}/orders/{quote(number)}{secret}")
    return said


def is_minor(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and len(text) < 20


def to_html(subject: str, text: str, locale: str) -> str:
    paragraphs = [p for p in re.split(r"\n\s*\n", text.strip()) if p]
    body = "\n".join(f"<p>{linked(p)}</p>" for p in paragraphs)
    return PAGE.format(locale=html.escape(locale), subject=html.escape(subject), body=body)


def linked(text: str) -> str:
    """Escaped, with web addresses as links and line breaks kept."""
    parts, at = [], 0
    for found in LINK.finditer(text):
        url = html.escape(found[0])
        parts += [html.escape(text[at : found.start()]), f'<a href="{url}">{url}</a>']
        at = found.end()
    parts.append(html.escape(text[at:]))
    return "".join(parts).replace("\n", "<br>\n")
