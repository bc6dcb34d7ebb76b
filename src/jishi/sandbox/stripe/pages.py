"""The hosted page: plain HTML and forms, both languages, no script, nothing to type."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel import numbers
from minijinja import Environment

from jishi.kernel import i18n

from .cards import CARDS
from .store import Thing

HERE = Path(__file__).parent
CSS = (HERE / "static" / "pay.css").read_bytes()
NO_DECIMALS = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]  # a list to read
)
THREE_DECIMALS = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
ERRORS = ("card_declined", "insufficient_funds", "payment_intent_authentication_failure", "no_card")

pages = Environment(
    templates={path.name: path.read_text(encoding="utf-8") for path in (HERE / "templates").glob("*.html")}
)


def language(session: Thing | None, wanted: str, accepted: str) -> str:
    """The reader's choice, else the session's, else the browser's."""
    if wanted in i18n.LOCALES:
        return wanted
    told = (session or {}).get("locale") or accepted
    return "zh-CN" if told.lower().startswith("zh") else "en"


def price(amount: int, currency: str, locale: str) -> str:
    digits = 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    value = Decimal(amount).scaleb(-digits)
    return str(numbers.format_currency(value, currency.upper(), locale=locale.replace("-", "_")))


def headers(session: Thing | None) -> dict[str, str]:
    """No script, no other origin but the shop that the buyer goes back to (browsers hold redirects of a form to it)."""
    back = {_origin(session[name]) for name in ("success_url", "cancel_url") if session[name]} if session else set()
    return {
        "content-security-policy": "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self' {' '.join(sorted(back))}".rstrip(),
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def render(name: str, locale: str, session: Thing | None, base: str, **more: Any) -> str:
    other = "en" if locale == "zh-CN" else "zh-CN"

    def t(key: str, **params: str) -> str:
        return i18n.t(key, locale, **params)

    amount = price(session["amount_total"], session["currency"], locale) if session else ""
    facts: Mapping[str, Any] = {
        "t": t, "locale": locale, "other": other, "session": session, "amount": amount, "base": base, "cards": CARDS,
        "line": session["_"]["name"] if session else "",
    }  # fmt: skip
    return pages.render_template(name, **(dict(facts) | more))


def sentence(code: str) -> str:
    return f"sandbox.pay.error.{code if code in ERRORS else 'card_declined'}"
