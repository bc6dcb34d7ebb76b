"""The web: a shop behind its edge. No business rule lives in here."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from litestar import Litestar, Request, Router
from litestar._openapi.plugin import handle_schema_path_not_found
from litestar.di import Provide
from litestar.exceptions import LitestarDeprecationWarning
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.response import Response

from jishi.kernel import i18n
from jishi.kernel.cache import MemoryCache
from jishi.kernel.config import Config
from jishi.kernel.faces import Transport
from jishi.kernel.market import markets

from . import health
from .api import handlers as api_handlers
from .assets import Assets
from .docs import handlers as docs_handlers
from .edge import Edge
from .faces import Shop
from .faults import Broken
from .files import handlers as file_handlers
from .gate import Gate
from .home import handlers as home_handlers
from .install import handlers as install_handlers
from .pages import Pages
from .problems import fault_of
from .rates import Rates
from .ready import Shelf
from .routes import API, PUBLIC, check_routes, opts
from .rpc import rpc
from .sitemaps import Sitemaps
from .visit import Site, Visit, of_scope

log = logging.getLogger("jishi.web")
MAX_BODY = 1 << 20  # bytes; uploads declare more
ROOMS = ("storefront", "backoffice", "hooks")
KNOWN = 10_000  # sessions remembered for a second


class SchemaRouter(Router):
    """The schema's own address and nothing else: the plugin's catch-all would answer HTML for every unknown one."""

    def register(self, value: Any) -> Any:
        return [] if getattr(value, "fn", None) is handle_schema_path_not_found else super().register(value)


def openapi() -> OpenAPIConfig:
    """OpenAPI 3.1 from the handlers' types, at `/api/v1/openapi.json`."""
    return OpenAPIConfig(
        title="Jishi",
        version="1",
        description="The same shop as its pages. Faults are problem details (RFC 9457), ids carry their kind, lists page by cursor.",
        use_handler_docstrings=True,
        render_plugins=[JsonRenderPlugin()],
        openapi_router=SchemaRouter(
            API, route_handlers=[], opt=opts(PUBLIC, "read", kind="plain"), include_in_schema=False
        ),
    )


def create(
    shop: Shop,
    config: Config,
    *,
    ready: Callable[[], Awaitable[Sequence[str]]] | None = None,
    serve: Transport | None = None,
    rooms: Sequence[str] = ROOMS,
    more: Sequence[Any] = (),
    lifespan: Sequence[Any] = (),
) -> Litestar:
    """The application. `ready` answers what is not ready (`/readyz`), `serve` is this process's own faces for others
    (`/rpc/…`), `rooms` are the packages whose pages are served, `more` are further route handlers. A route that does not say who may use it fails here."""
    site = build_site(shop, config)
    relay: Any = getattr(shop, "relay", None)
    if hasattr(relay, "listen"):  # without one, ready bytes only age
        site.shelf.listen(relay)
    with warnings.catch_warnings():  # plain parameters read best; Litestar 3 will want markers
        warnings.filterwarnings(
            "ignore",
            message=".*(Inferred dependency|inferred style|Reserved kwarg)",
            category=LitestarDeprecationWarning,
        )
        app = Litestar(
            [
                *health.handlers(shop, ready),
                *file_handlers,
                *home_handlers,
                *install_handlers,
                *docs_handlers,
                *api_handlers,
                *([rpc(serve)] if serve else ()),
                *gathered(rooms),
                *more,
            ],
            dependencies={"visit": Provide(visit_of, sync_to_thread=False)},
            middleware=[Gate],
            exception_handlers={Exception: refuse},
            request_max_body_size=MAX_BODY,
            openapi_config=openapi(),
            lifespan=list(lifespan),
            logging_config=None,
            debug=False,
        )
    permissions = sorted({p for granted in shop.grants.values() for p in granted})
    check_routes(app.routes, site.rates.items, permissions)
    app.state.site = site
    app.asgi_handler = Edge(app.asgi_handler, site)
    return app


def gathered(rooms: Sequence[str]) -> list[Any]:
    """The `handlers` of every module of these packages, by name: a page is served once its module is there."""
    found: list[Any] = []
    for room in rooms:
        package = import_module(f"{__package__}.{room}")
        for module in sorted(m.name for m in iter_modules(package.__path__)):
            found += getattr(import_module(f"{package.__name__}.{module}"), "handlers", [])
    return found


def build_site(shop: Shop, config: Config) -> Site:
    words = i18n.shipped()
    words.strict = not config.production
    assets, world = Assets(), shop.world
    mark = f"{world.random.getrandbits(96):x}"
    pages = Pages(words, assets, mark, reload=config.mode == "dev")
    return Site(
        shop=shop, config=config, words=words, markets=markets(config.markets), assets=assets, pages=pages,
        rates=Rates(config.rates, world.now), shelf=Shelf(world.now),
        maps=Sitemaps(shop, config.base_url), known=MemoryCache(world.now, KNOWN),
        secret=config.secrets.bytes_of("web"),
    )  # fmt: skip


def visit_of(request: Request[Any, Any, Any]) -> Visit:
    return of_scope(request.scope)


def refuse(request: Request[Any, Any, Any], e: Exception) -> Response[Any]:
    """Every exception ends here: as a problem or as a page, and a mistake of ours in the log with its trace."""
    visit = of_scope(request.scope)
    if isinstance(fault_of(e, visit.trace), Broken):
        log.error("broken", exc_info=e)
    return visit.refuse(e)
