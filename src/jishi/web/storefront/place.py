"""Where one shops from: the market with its currency and law, and the language. Kept in the browser, for guests too."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from jishi.kernel import FieldError, Invalid
from jishi.kernel.i18n import LOCALES
from jishi.web.addressing import country_names
from jishi.web.forms import Form
from jishi.web.routes import PUBLIC, get_page, post_page
from jishi.web.visit import LOCALE, MARKET, YEAR_S, Page, Visit, query_of


class PlaceForm(Struct, frozen=True):
    market: str
    locale: str
    next: str = ""


@get_page("/place", needs=PUBLIC)
async def place(visit: Visit) -> Page:
    return await show(visit, Form(), query_of(visit).get("next", ""))


async def show(visit: Visit, form: Form, onto: str, status: int = 200) -> Page:
    names = country_names(visit.locale)
    markets = [(m, [names[c] for c in m.serves]) for m in visit.site.markets.values()]
    return await visit.page(
        "storefront/place.html", form=form, markets=markets, now=visit.market.code, locales=LOCALES,
        next=visit.safe_next(onto, "") if onto else "", status=status,
    )  # fmt: skip


@post_page("/place", needs=PUBLIC)
async def choose(visit: Visit) -> Page:
    """From the next page on prices, delivery and law are that market's. What is in the cart stays there."""
    form = await visit.form()
    try:
        asked = form.into(PlaceForm)
        wrong = [FieldError(f, "choice.unknown") for f, ok in (
            ("market", asked.market in visit.site.markets), ("locale", asked.locale in LOCALES)) if not ok]  # fmt: skip
        if wrong:
            raise Invalid(wrong)
    except Invalid as refused:
        return await show(visit, form.refused(refused, visit.site.words, visit.locale), form.value("next"), 422)
    visit.set_cookie(MARKET, asked.market, YEAR_S)
    visit.set_cookie(LOCALE, asked.locale, YEAR_S)
    visit.locale = asked.locale
    return visit.go(visit.safe_next(asked.next) if asked.next else "/")


handlers: list[Any] = [place, choose]
