"""The shop as an installed application: its manifest in each language, the worker that keeps the files of the look and a
page for when there is no network. Prices, stock and the cart are never kept."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from litestar import Response

from jishi.kernel.i18n import LOCALES

from .routes import get_page, get_plain
from .visit import Page, Visit

ICONS = (("img/icon-192.png", "192x192", "any"), ("img/icon-512.png", "512x512", "any"),
         ("img/icon-maskable-512.png", "512x512", "maskable"))  # fmt: skip
KEPT = ("shop.css", "app.js", "vendor/htmx.min.js", "vendor/icons.svg", "img/stall.svg", "favicon.svg")
SHORT = 3_600  # seconds a browser may keep the manifest
WORKER = """\
const KEPT = %(name)s, FILES = %(files)s, OFFLINE = %(offline)s;
self.addEventListener('install', e => e.waitUntil(
  caches.open(KEPT).then(c => c.addAll(FILES)).then(() => self.skipWaiting())));
self.addEventListener('activate', e => e.waitUntil(
  caches.keys().then(names => Promise.all(names.filter(n => n !== KEPT).map(n => caches.delete(n))))
    .then(() => self.clients.claim())));
self.addEventListener('fetch', e => {
  const asked = new URL(e.request.url);
  if (e.request.method !== 'GET' || asked.origin !== location.origin) return;
  if (asked.pathname.startsWith('/static/'))
    e.respondWith(caches.match(e.request).then(kept => kept || fetch(e.request)));
  else if (e.request.mode === 'navigate') {
    const page = OFFLINE.find(p => asked.pathname.startsWith(p.slice(0, p.lastIndexOf('/')))) || OFFLINE[0];
    e.respondWith(fetch(e.request).catch(() => caches.match(page)));
  }
});
"""


@get_plain([f"/{locale}/manifest.webmanifest" for locale in LOCALES])
async def manifest(visit: Visit) -> Response[bytes]:
    assets, name = visit.site.assets, visit.site.config.name
    body = {
        "name": name,
        "short_name": visit.t("web.name"),
        "description": visit.t("web.desc"),
        "lang": visit.locale,
        "id": "/",
        "start_url": f"/{visit.locale}",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f6f4f1",
        "theme_color": "#c2321d",
        "icons": [
            {"src": assets.url(file), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for file, sizes, purpose in ICONS
        ],
        "shortcuts": [
            {"name": visit.t(f"web.nav.{key}"), "url": f"/{visit.locale}{to}"}
            for key, to in (("cart", "/cart"), ("orders", "/orders"))
        ],
    }
    headers = {"cache-control": f"public, max-age={SHORT}"}
    return Response(msgspec.json.encode(body), media_type="application/manifest+json", headers=headers)


@get_plain("/sw.js")
async def worker(visit: Visit) -> Response[bytes]:
    """Another file in its list is another worker: the browser then fetches all anew and drops the old ones."""
    offline = [f"/{locale}/offline" for locale in LOCALES]
    files = [url for name in KEPT if (url := visit.site.assets.url(name))] + offline
    name = "jishi-" + hashlib.sha256("".join(files).encode()).hexdigest()[:12]
    told = {k: msgspec.json.encode(v).decode() for k, v in (("name", name), ("files", files), ("offline", offline))}
    headers = {"cache-control": "no-cache"}
    return Response((WORKER % told).encode(), media_type="text/javascript", headers=headers)


@get_page("/offline", needs="public")
async def offline(visit: Visit) -> Page:
    """Nothing personal, so that it may be kept."""
    return await visit.page("offline.html")


handlers: list[Any] = [manifest, worker, offline]
