"""What buyers look for: the questions of the last month, those without an answer, and the words that staff have rules for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from jishi.goods.search import LogQuery, PutRules, Rebuild, Rule, RulesQuery, StateQuery, WrongRule
from jishi.kernel.ids import WrongId, decode
from jishi.web.forms import Form
from jishi.web.routes import get_page, post_page
from jishi.web.visit import Page, Visit, query_of

KINDS = ("two_way", "one_way", "banned")
DAYS, ROWS = 30, 50
MAX_TEXT = 5_000


@get_page("/desk/search", needs="goods:search:log", rate="staff")
async def overview(visit: Visit) -> Page:
    """`unmet=1`: what found nothing; `word`: a rule of it is begun."""
    return await shown(visit, Form())


async def shown(visit: Visit, form: Form, status: int = 200) -> Page:
    shop, ctx, params = visit.shop, visit.ctx, query_of(visit)
    unmet = params.get("unmet") == "1"
    log = await shop.search.log(ctx, LogQuery(DAYS, unmet, ROWS))
    most = max((d.times for d in log.days), default=1)
    return await visit.page(
        "backoffice/search.html", status=status, form=form, log=log, unmet=unmet, most=most, kinds=KINDS,
        rules=(await shop.search.words(ctx, RulesQuery())).rows, state=await shop.search.state(ctx, StateQuery()),
        word=params.get("word", "")[:100], done=params.get("done", ""),
    )  # fmt: skip


@post_page("/desk/search/words", needs="goods:search:put", rate="staff")
async def put(visit: Visit) -> Page:
    """A new rule: `kind`, `terms` one a line, `from` and `until` as days."""
    form = await visit.form()
    terms = [t for t in form.value("terms", "")[:MAX_TEXT].split("\n") if t.strip()]
    rule = Rule(
        0, form.value("kind", ""), terms, _day(visit, form.value("from", "")), _day(visit, form.value("until", ""))
    )
    try:
        await visit.shop.search.put_words(visit.ctx, PutRules([rule]))
    except WrongRule as e:
        return await shown(visit, form.refused(e, visit.site.words, visit.locale), 422)
    return visit.go("/desk/search", done="saved")


@post_page("/desk/search/words/drop", needs="goods:search:put", rate="staff")
async def drop(visit: Visit) -> Page:
    form = await visit.form()
    try:
        id = decode("rul", form.value("rule", ""))
    except WrongId:
        return visit.go("/desk/search")  # it is gone already, or never was
    await visit.shop.search.put_words(visit.ctx, PutRules(drop=[id]))
    return visit.go("/desk/search", done="saved")


@post_page("/desk/search/rebuild", needs="goods:search:put", rate="staff")
async def rebuild(visit: Visit) -> Page:
    await visit.shop.search.rebuild(visit.ctx, Rebuild())
    return visit.go("/desk/search", done="rebuilt")


def _day(visit: Visit, text: str) -> int:
    """The beginning of a day in the market's zone, ms UTC; 0 when none was told."""
    try:
        day = date.fromisoformat(text)
        began = datetime(day.year, day.month, day.day, tzinfo=visit.market.tz)
        return max(0, int(began.astimezone(UTC).timestamp() * 1000))
    except (ValueError, OverflowError):
        return 0


handlers: list[Any] = [overview, put, drop, rebuild]
