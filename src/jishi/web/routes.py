"""Every route says who may use it and how often: `needs` a permission (or `public`), `rate` a class. One that does not fails at start.

    @get_page("/products/{handle:str}", needs="public", rate="read")
    async def product(visit: Visit, handle: str) -> Page: ...

Pages live under `/zh-CN` and `/en`; the API under `/api/v1`. Handlers ask for `visit`, which knows the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from litestar import delete, get, patch, post, put
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.routes import ASGIRoute, HTTPRoute

from jishi.kernel.i18n import LOCALES

from .problems import Problem

PUBLIC = "public"
API = "/api/v1"
MAX_UPLOAD = 20 << 20  # bytes
Decorator = Callable[[Callable[..., Any]], HTTPRouteHandler]
STATUSES = {
    400: "The request cannot be read",
    401: "Who are you",
    403: "Not you",
    404: "Absent, or not yours",
    409: "A state or a race",
    413: "Too large",
    415: "Not a media type that is read here",
    422: "A field is wrong",
    429: "Too often; see Retry-After",
    503: "Ask again later with the same key",
}
PROBLEMS = {
    status: ResponseSpec(Problem, description=words, media_type="application/problem+json", generate_examples=False)
    for status, words in STATUSES.items()
}


def opts(needs: str, rate: str, **more: Any) -> dict[str, Any]:
    return {"needs": needs, "rate": rate, **more}


def localized(path: str) -> list[str]:
    return [f"/{locale}{path}".rstrip("/") for locale in LOCALES]


def get_page(path: str, *, needs: str, rate: str = "read", **more: Any) -> Decorator:
    """A page in every language. Without the permission a guest is sent to sign in."""
    return get(localized(path), opt=opts(needs, rate, kind="page"), include_in_schema=False, **more)


def post_page(path: str, *, needs: str, rate: str = "write", person: bool = False, **more: Any) -> Decorator:
    """A form's target. Its token and origin are checked before. `person`: whoever is nobody yet becomes a guest
    (with a cookie), because something of theirs is kept now."""
    opt = opts(needs, rate, kind="page", person=person)
    return post(localized(path), opt=opt, include_in_schema=False, status_code=200, **more)


def upload_page(path: str, *, needs: str, rate: str = "upload", **more: Any) -> Decorator:
    """A form with files, up to 20 MB in all."""
    opt = opts(needs, rate, kind="page")
    return post(
        localized(path), opt=opt, include_in_schema=False, status_code=200, request_max_body_size=MAX_UPLOAD, **more
    )


def _api(make: Any, path: str, status: int, opt: dict[str, Any], more: dict[str, Any]) -> Decorator:
    more.setdefault("responses", PROBLEMS)
    made: Decorator = make(API + path, opt=opt, status_code=status, **more)
    return made


def api_get(path: str, *, needs: str, rate: str = "read", **more: Any) -> Decorator:
    return _api(get, path, more.pop("status_code", 200), opts(needs, rate, kind="api"), more)


def api_post(path: str, *, needs: str, rate: str = "write", person: bool = False, **more: Any) -> Decorator:
    """JSON in, JSON out. `person`: a session is needed, be it a guest's."""
    return _api(post, path, more.pop("status_code", 201), opts(needs, rate, kind="api", person=person), more)


def api_put(path: str, *, needs: str, rate: str = "write", person: bool = False, **more: Any) -> Decorator:
    return _api(put, path, more.pop("status_code", 200), opts(needs, rate, kind="api", person=person), more)


def api_patch(path: str, *, needs: str, rate: str = "write", person: bool = False, **more: Any) -> Decorator:
    return _api(patch, path, more.pop("status_code", 200), opts(needs, rate, kind="api", person=person), more)


def api_delete(path: str, *, needs: str, rate: str = "write", person: bool = False, **more: Any) -> Decorator:
    return _api(delete, path, more.pop("status_code", 200), opts(needs, rate, kind="api", person=person), more)


def hook_post(path: str, *, rate: str = "hook", **more: Any) -> Decorator:
    """A provider's notification: no session and no form token; the provider's signature over the raw bytes is the proof."""
    return post(path, opt=opts(PUBLIC, rate, kind="hook"), include_in_schema=False, status_code=200, **more)


def get_plain(path: str | list[str], *, needs: str = PUBLIC, rate: str = "none", **more: Any) -> Decorator:
    """A route without language, session or schema: health, files, robots."""
    return get(path, opt=opts(needs, rate, kind="plain"), include_in_schema=False, **more)


class Undeclared(RuntimeError):
    """A route that does not say who may use it."""


def check_routes(routes: Iterable[Any], rates: Iterable[str], permissions: Sequence[str]) -> None:
    """Every route names a permission that somebody has (or `public`), and a rate class that exists."""
    known, wrong = set(rates), []
    for route in routes:
        handlers: Any = [route.route_handler] if isinstance(route, ASGIRoute) else getattr(route, "route_handlers", ())
        for handler in handlers:
            if isinstance(route, HTTPRoute) and set(handler.http_methods) == {"OPTIONS"}:
                continue  # the framework's own answer: Allow, and nothing else
            needs, rate = handler.opt.get("needs"), handler.opt.get("rate")
            if needs is None or rate not in known or (needs != PUBLIC and needs not in permissions):
                wrong.append(f"{route.path}: needs={needs!r} rate={rate!r}")
    if wrong:
        raise Undeclared("; ".join(wrong))
