"""`/api`: what the API can do, drawn from its schema. For those who build a shop, not for production."""

from __future__ import annotations

from typing import Any

from .faults import NoPage
from .routes import get_plain
from .visit import Page, Visit


@get_plain("/api", rate="read")
async def docs(visit: Visit) -> Page:
    """Every operation by its tag."""
    if visit.site.config.production:
        raise NoPage
    schema = visit.scope["litestar_app"].openapi_schema.to_schema()
    groups: dict[str, list[dict[str, str]]] = {}
    for path, item in sorted(schema["paths"].items()):
        for method, operation in item.items():
            row = {"method": method.upper(), "path": path, "says": operation.get("description", "")}
            groups.setdefault(operation.get("tags", ["other"])[0], []).append(row)
    return await visit.page("api.html", groups=sorted(groups.items()))


handlers: list[Any] = [docs]
