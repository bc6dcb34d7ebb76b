"""One request as handlers see it: who, where, in which language, and the answers it can give."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from litestar import Request, Response
from litestar.datastructures import Headers

from jishi.kernel import Actor, Context, Fault, Unavailable
from jishi.kernel.cache import MemoryCache
from jishi.kernel.config import Config
from jishi.kernel.i18n import LOCALES, Catalogues
from jishi.kernel.ids import encode
from jishi.kernel.market import Market
from jishi.people.accounts import Opened, OpenGuest, SessionGone, Visitor, Who
from jishi.trade.cart import CartQuery

from . import csrf
from .assets import Assets
from .faces import Shop
from .faults import Unreadable
from .forms import Form
from .pages import OTHER, Pages, safe_url
from .problems import fault_of, names_of, problem
from .rates import Rates, address_of, agent_of, network_of
from .ready import Ready, Shelf, shelf_key
from .sitemaps import Sitemaps

SESSION, LOCALE, MARKET = "jishi_session", "jishi_locale", "jishi_market"  # cookies
WHO_MS = 1_000  # a revoked session is gone everywhere after so long
YEAR_S = 365 * 86_400
NOBODY = Actor(0, "guest")
Page = Response[bytes]
Hole = Callable[["Visit", str], Awaitable[bytes]]
HOLES: dict[str, Hole] = {}  # kind of a hole → what fills it; a room adds its own. `seen:5` is of the kind `seen`, of 5
HTML = "text/html"
PROBLEM = "application/problem+json"
SAFE_IN_URL, SAFE_IN_COOKIE = "/?&=%:,;@+!$'()*~#[]", "@%=+/~!*"


@dataclass
class Site:
    """What all requests share."""

    shop: Shop
    config: Config
    words: Catalogues
    markets: Mapping[str, Market]
    assets: Assets
    pages: Pages
    rates: Rates
    shelf: Shelf
    maps: Sitemaps
    known: MemoryCache  # hash of a session token → Visitor
    secret: bytes


class Visit:
    """Made for every request, before its route is known; `admit` finds out who it is."""

    def __init__(self, site: Site, scope: Any) -> None:
        self.site, self.scope, self.shop = site, scope, site.shop
        self.headers: Headers = Headers.from_scope(scope)
        self.cookies = read_cookies(self.headers.get("cookie", ""))
        self.set_cookies: list[str] = []
        self.trace = encode("req", site.shop.world.new_id())
        self.path: str = scope["path"]
        self.query: str = scope.get("query_string", b"").decode("latin-1")
        first = self.path.split("/", 2)[1] if self.path.startswith("/") else ""
        self.is_page = first in LOCALES
        self.bare = "/" + self.path.split("/", 2)[2] if self.is_page and self.path.count("/") > 1 else "/"
        self.locale = first if self.is_page else self._preferred()
        self.market = site.markets.get(self.cookies.get(MARKET, ""), site.markets[site.config.market])
        client = scope.get("client") or ("", 0)
        self.network = network_of(address_of(client[0], self.headers.get("x-forwarded-for", ""), site.config.proxies))
        self.visitor: Visitor | None = None
        self.token = ""
        self.actor = NOBODY

    def _preferred(self) -> str:
        """The language of a request whose address has none: cookie, then Accept-Language, then the shop's."""
        told = self.cookies.get(LOCALE, "")
        return told if told in LOCALES else preferred(self.headers.get("accept-language", ""), self.site.config.locale)

    @property
    def ctx(self) -> Context:
        """The context that every verb takes first."""
        return Context(
            self.actor,
            storefront="main",
            market=self.market.code,
            channel="web" if self.is_page else "api",
            locale=self.locale,
            currency=self.market.currency,
            trace=self.trace,
            key=self.headers.get("idempotency-key", ""),
            session=self.visitor.session_id if self.visitor else 0,
            network=self.network,
            agent=agent_of(self.headers.get("user-agent", "")),
        )

    @property
    def request(self) -> Request[Any, Any, Any]:
        return Request(self.scope)

    # --- who ---------------------------------------------------------------------------------------------------------

    async def admit(self, *, bearer: bool) -> None:
        """The actor is who the session says. A cookie whose session is gone is taken back; a bearer's is a 401."""
        head = self.headers.get("authorization", "")
        if bearer and head[:7].lower() == "bearer ":
            self.token = head[7:].strip()
            await self._look(self.token)
            return
        if token := self.cookies.get(SESSION, ""):
            try:
                self.token = token
                await self._look(token)
            except SessionGone:
                self.leave()

    async def _look(self, token: str) -> None:
        if not 16 <= len(token) <= 200 or not token.isascii():
            raise SessionGone
        key = hashed(token)
        visitor = self.site.known.look(key)
        if visitor is None:
            visitor = await self.shop.accounts.who(self.ctx, Who(token))
            self.site.known.put(key, visitor, WHO_MS)
        self._be(visitor)

    def _be(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.actor = Actor(visitor.person_id, visitor.role, visitor.merchant_id)

    async def become_someone(self) -> None:
        """Whoever was nobody is a guest from now on, and keeps the cookie."""
        if not self.actor.id:
            self.enter(await self.shop.accounts.open_guest(self.ctx, OpenGuest()))

    def enter(self, opened: Opened, *, cookie: bool = True) -> None:
        """A session was opened (guest, sign-in): the visit is theirs, and the browser is told. The old one is forgotten."""
        if self.token:
            self.site.known.entries.pop(hashed(self.token), None)
        self.token = opened.token
        self._be(opened.visitor)
        if cookie:
            left_s = max(0, (opened.expires_at - self.shop.world.now()) // 1000)
            self.set_cookie(SESSION, opened.token, left_s)

    def leave(self) -> None:
        """Signed out: the cookie is taken back, the visit is nobody's."""
        if self.token:
            self.site.known.entries.pop(hashed(self.token), None)
        self.visitor, self.token, self.actor = None, "", NOBODY
        self.set_cookie(SESSION, "", 0)

    def set_cookie(self, name: str, value: str, max_age_s: int) -> None:
        secure = "; Secure" if self.site.config.https else ""
        self.set_cookies = [c for c in self.set_cookies if not c.startswith(name + "=")]
        value = quote(value, safe=SAFE_IN_COOKIE)
        self.set_cookies.append(f"{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}")

    # --- forms -------------------------------------------------------------------------------------------------------

    async def form(self, receive: Any = None) -> Form:
        """The posted form, read once."""
        request: Request[Any, Any, Any] = Request(self.scope, receive) if receive else self.scope["jishi_request"]
        if receive:
            self.scope["jishi_request"] = request
        return Form.of(list((await request.form()).multi_items()))

    async def raw_form(self, name: str) -> str:
        return str((await self.scope["jishi_request"].form()).get(name, ""))

    def csrf_token(self) -> str:
        """A fresh mask of the visitor's proof; a visitor without a session gets a seed to prove it by."""
        of = self.token or self.cookies.get(csrf.SEED, "")
        if not of:
            of = self.cookies[csrf.SEED] = f"{self.shop.world.random.getrandbits(128):032x}"
            self.set_cookie(csrf.SEED, of, YEAR_S)
        mask = self.shop.world.random.getrandbits(8 * csrf.SIZE).to_bytes(csrf.SIZE, "big")
        return csrf.token(self.site.secret, of, mask)

    def proves(self, given: str) -> bool:
        """The session's token, or the seed's: a form opened before the session began still counts."""
        return any(csrf.proves(self.site.secret, of, given) for of in (self.token, self.cookies.get(csrf.SEED, "")))

    # --- answers -----------------------------------------------------------------------------------------------------

    def t(self, key: str, **params: Any) -> str:
        return self.site.words.t(key, self.locale, **params)

    def url(self, path: str = "/", **query: Any) -> str:
        """An address in the visit's language; whatever of it somebody typed, it stays one line of ASCII."""
        kept, path = {k: v for k, v in query.items() if v not in ("", None)}, quote(path.rstrip("/"), safe=SAFE_IN_URL)
        return f"/{self.locale}{path}" + (f"?{urlencode(kept, doseq=True)}" if kept else "")

    def go(self, path: str, **query: Any) -> Page:
        """303 to a page of ours, in the visit's language; an absolute https address (a provider's page) is taken as it is."""
        there = path if path.startswith(("https://", "http://")) else self.url(path, **query)
        return Response(b"", status_code=303, headers={"location": there})

    def safe_next(self, path: str, otherwise: str = "/") -> str:
        """A path of ours out of `?next=`, without its language; anything that could leave the shop is `otherwise`."""
        try:
            parts = urlsplit(path)
        except ValueError:  # //[
            return otherwise
        if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith(("//", "/\\")) or "\\" in path:
            return otherwise
        first, _, rest = path[1:].partition("/")
        return "/" + rest if first in LOCALES else path

    def facts(self) -> dict[str, Any]:
        """What every template knows. Nothing personal: that goes through holes."""
        other = OTHER[self.locale]
        tail = f"?{self.query}" if self.query and self.scope["method"] in ("GET", "HEAD") else ""
        base = self.site.config.base_url.rstrip("/")
        path = quote(self.bare.rstrip("/"))
        return {
            "locale": self.locale, "other": other, "path": self.bare, "zone": self.market.zone,
            "market": self.market.code, "currency": self.market.currency, "shop_name": self.site.config.name,
            "other_url": safe_url(f"/{other}{path}{tail}"), "here": f"/{self.locale}{path}{tail}",
            "canonical": safe_url(f"{base}/{self.locale}{path}"),
            "alternates": [(code, safe_url(f"{base}/{code}{path}")) for code in LOCALES],
            "demo": self.site.config.mode == "demo",
        }  # fmt: skip

    def wants_fragment(self) -> bool:
        """Htmx asked for a part; a boosted or restored page is a whole one."""
        h = self.headers
        whole = h.get("hx-boosted") == "true" or h.get("hx-history-restore-request") == "true"
        return h.get("hx-request") == "true" and not whole

    async def page(self, template: str, *, fragment: str = "", status: int = 200, **values: Any) -> Page:
        """The page; to htmx the block named `fragment` alone."""
        block = fragment if fragment and self.wants_fragment() else ""
        html = self.site.pages.render(template, self.facts(), values, block)
        return await self.filled(self.site.pages.pieces(html), status=status)

    async def ready(
        self,
        template: str,
        make: Callable[[], Awaitable[tuple[Mapping[str, Any], Iterable[str]]]],
        *,
        fragment: str = "",
        edition: str = "",
    ) -> Page:
        """The page from ready bytes: `make` answers (values, tags) and is asked only when no bytes are there.

        Only for what is the same for everybody in this market and language; the holes are filled for each visitor.
        `edition`: bytes of another one are not these."""
        block = fragment if fragment and self.wants_fragment() else ""
        key = shelf_key("page", template, block, self.locale, self.market.code, self.bare, self.query, edition)

        async def draw() -> Ready:
            values, tags = await make()
            html = self.site.pages.render(template, self.facts(), values, block)
            return Ready(self.site.pages.pieces(html), frozenset(tags))

        return await self.filled((await self.site.shelf.fetch(key, draw)).pieces)

    async def filled(self, pieces: list[bytes], status: int = 200) -> Page:
        """The pieces with this visitor's own in the holes."""
        holes = {name: await self._personal(name.decode()) for name in set(pieces[1::2])}
        body = b"".join(holes[p] if i % 2 else p for i, p in enumerate(pieces))
        self._remember_locale()
        return Response(body, media_type=HTML, status_code=status, headers={"vary": "HX-Request, Cookie"})

    async def _personal(self, name: str) -> bytes:
        if name == "cart":
            return self._badge(await self._pieces_in_cart())
        kind, _, of = name.partition(":")
        return await HOLES[kind](self, of) if kind in HOLES else self._alone(name)

    def _alone(self, name: str) -> bytes:
        """A hole that needs nobody's answer."""
        if name == "csrf":
            return f'<input type="hidden" name="{csrf.FIELD}" value="{self.csrf_token()}">'.encode()
        if name == "account":
            signed_in = self.visitor is not None and self.visitor.role != "guest"
            return escape(self.t("web.nav.me" if signed_in else "web.nav.sign_in")).encode()
        return b""

    async def _pieces_in_cart(self) -> int:
        if not self.actor.id or not self.actor.is_customer:
            return 0
        try:
            return (await self.shop.cart.cart(self.ctx, CartQuery())).pieces
        except Unavailable:  # the page is worth more than its badge
            return 0

    def _badge(self, pieces: int) -> bytes:
        if not pieces:
            return b""
        shown, said = ("99+" if pieces > 99 else str(pieces)), escape(self.t("web.nav.cart_pieces", n=pieces))
        return (
            f'<span class="badge"><span aria-hidden="true">{shown}</span><span class="sr">{said}</span></span>'.encode()
        )

    def _remember_locale(self) -> None:
        """The language of the page is remembered once it is another one than the browser would be given."""
        if self.is_page and self._preferred() != self.locale:
            self.set_cookie(LOCALE, self.locale, YEAR_S)

    # --- faults ------------------------------------------------------------------------------------------------------

    def refuse(self, e: Exception) -> Response[Any]:
        """The fault as this caller reads it; for a page of somebody unknown who lacks a permission, the way to sign in."""
        fault = fault_of(e, self.trace, names_of(self.scope.get("route_handler")))
        headers = {}
        if wait := getattr(fault.body, "retry_after_s", 0):
            headers["retry-after"] = str(wait)
        if not self.is_page:
            if fault.status == 401:
                headers["www-authenticate"] = "Bearer"
            base, words = self.site.config.base_url.rstrip("/"), self.site.words
            body = problem(fault, words, self.locale, base, self.path, self.trace)
            return Response(body, status_code=fault.status, media_type=PROBLEM, headers=headers)
        if fault.status in (401, 403) and self.actor.role == "guest" and fault.code != "web.forged":
            back = self.bare + (f"?{self.query}" if self.query else "")
            return self.go("/sign-in", next=back if self.scope["method"] == "GET" else "")
        return self._error_page(fault, headers)

    def _error_page(self, fault: Fault, headers: Mapping[str, str]) -> Page:
        said = self.site.words.t(fault.message, self.locale, **problem_facts(fault))
        values = {
            "status": fault.status,
            "said": said,
            "trace": self.trace,
            "title": self.t(f"web.status.{fault.status}"),
        }
        template = "errors/lost.html" if fault.status == 404 else "errors/fault.html"
        pieces = self.site.pages.pieces(self.site.pages.render(template, self.facts(), values))
        body = b"".join(self._alone(p.decode()) if i % 2 else p for i, p in enumerate(pieces))
        return Response(body, media_type=HTML, status_code=fault.status, headers=dict(headers))


def problem_facts(fault: Fault) -> dict[str, Any]:
    from .problems import facts

    return facts(fault)


def of_scope(scope: Any) -> Visit:
    return cast(Visit, scope["jishi"])


def hashed(token: str) -> str:
    return hmac.digest(b"known", token.encode(), hashlib.sha256).hex()


def read_cookies(header: str) -> dict[str, str]:
    """Name → value; the first of a name wins, as browsers send the most exact one first."""
    found: dict[str, str] = {}
    for part in header.split(";")[:64]:
        name, eq, value = part.strip().partition("=")
        if eq:
            found.setdefault(name, value.strip('"'))
    return found


def preferred(accept: str, otherwise: str) -> str:
    """The best of our languages for an Accept-Language header (RFC 9110 §12.5.4); any Chinese is `zh-CN`."""
    best, weight = otherwise, 0.0
    for part in accept.split(",")[:20]:
        tag, _, q = part.strip().partition(";q=")
        try:
            w = float(q) if q else 1.0
        except ValueError:
            continue
        main = tag.lower().split("-")[0]
        ours = "zh-CN" if main == "zh" else "en" if main == "en" else ""
        if ours and w > weight:
            best, weight = ours, w
    return best


def query_of(visit: Visit) -> dict[str, str]:
    """The query's parameters, the last of a name; at most 50."""
    try:
        return dict(parse_qsl(visit.query, max_num_fields=50))
    except ValueError:
        raise Unreadable from None
