"""Recommendations for staff: each model with what it is worth, told plainly, and a button to learn anew."""

from __future__ import annotations

from jishi.insight.recommend import ModelsQuery, NothingToLearn, Train
from jishi.web.routes import get_page, post_page
from jishi.web.visit import Page, Visit, query_of


@get_page("/desk/recommend", needs="insight:recommend:models", rate="staff")
async def models(visit: Visit) -> Page:
    rows = (await visit.shop.recommend.models(visit.ctx, ModelsQuery())).rows
    return await visit.page(
        "backoffice/recommend.html", rows=rows, done="done" in query_of(visit), nothing="nothing" in query_of(visit)
    )


@post_page("/desk/recommend/train", needs="insight:recommend:train", rate="staff")
async def train(visit: Visit) -> Page:
    try:
        await visit.shop.recommend.train(visit.ctx, Train())
    except NothingToLearn:
        return visit.go("/desk/recommend", nothing="1")
    return visit.go("/desk/recommend", done="1")


handlers = [models, train]
