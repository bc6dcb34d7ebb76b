"""The carrier as an ASGI application: the API that `trade.fulfilment.express` asks, signed notes, and a page to drive by hand."""

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape
from pathlib import Path

import httpx
import msgspec
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect

from jishi.trade.fulfilment import Booking, Track
from jishi.trade.fulfilment.express import HEADER, Booked, Note, Told, sign

from .box import Box, OutNote, Parcel

TICK_S = 0.25
TRIES = 8  # of a note; then it counts as lost, and the shop's poll makes up for it
RETRY_MS = 2_000
BODY_MAX = 64 * 1024  # bytes
PAGE_MAX = 200  # parcels, newest first
log = logging.getLogger(__name__)


class Postman:
    """Sends the box's notes to the shop, signed, and again when nobody answered."""

    def __init__(self, box: Box, url: str, secret: str, http: httpx.AsyncClient) -> None:
        self.box, self.url, self.secret, self.http = box, url, secret.encode(), http

    async def run(self) -> None:
        while True:
            await self.round()
            await asyncio.sleep(TICK_S)

    async def round(self) -> None:
        """All notes that are due are sent; those that failed stand in line again."""
        for note in self.box.due_notes():
            if not await self._sent(note) and note.tries + 1 < TRIES:
                later = self.box.now() + RETRY_MS * 2**note.tries
                self.box.outgoing.append(msgspec.structs.replace(note, due_at=later, tries=note.tries + 1))

    async def _sent(self, note: OutNote) -> bool:
        raw = msgspec.json.encode(Note(note.id, note.waybill))
        headers = {HEADER: sign(self.secret, raw, self.box.now()), "content-type": "application/json"}
        try:
            return (await self.http.post(self.url, content=raw, headers=headers)).is_success
        except httpx.HTTPError as e:
            log.info("note not sent", extra={"error": type(e).__name__})
            return False


class Shelf(msgspec.Struct):
    """What a box is in a file, so that a demo which starts again still knows its parcels."""

    parcels: list[Parcel]
    outgoing: list[OutNote]
    told: int


def save(box: Box, path: Path) -> None:
    """The file holds the box, whole or as it was. The addresses stay out of it: the parcels are on their way already."""
    bare = [
        Parcel(msgspec.structs.replace(p.booking, recipient={}), p.waybill, p.booked_at, p.plan, p.tracks)
        for p in box.parcels.values()
    ]
    part = path.with_suffix(".part")
    part.write_bytes(msgspec.msgpack.encode(Shelf(bare, box.outgoing, box.told)))
    part.replace(path)


def load(box: Box, path: Path) -> None:
    """The box as the file has it; without a file, as it is."""
    if path.exists():
        shelf = msgspec.msgpack.decode(path.read_bytes(), type=Shelf)
        box.parcels = {p.waybill: p for p in shelf.parcels}
        box.outgoing, box.told = shelf.outgoing, shelf.told


def carrier_app(
    box: Box, *, key: str, secret: str, notify_url: str, file: Path | None = None, http: httpx.AsyncClient | None = None
) -> Litestar:
    """`notify_url` is the shop's hook. With a `file` the parcels survive a restart."""
    bearer = f"Bearer {key}".encode()

    def let_in(request: Request[None, None, State]) -> None:
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), bearer):
            raise NotAuthorizedException

    @post("/v1/parcels", status_code=200, request_max_body_size=BODY_MAX)
    async def book(request: Request[None, None, State]) -> Response[Booked]:
        let_in(request)
        try:
            booking = msgspec.json.decode(await request.body(), type=Booking)
        except msgspec.DecodeError:
            return Response(Booked(""), status_code=422)
        waybill = box.book(booking)
        if file:
            save(box, file)
        return Response(Booked(waybill))

    @get("/v1/parcels/{waybill:str}/tracks")
    async def tracks(request: Request[None, None, State], waybill: FromPath[str]) -> Told:
        let_in(request)
        found = box.tracks(waybill)
        if found is None:
            raise NotFoundException
        return Told(found)

    @get("/", media_type=MediaType.HTML)
    async def page() -> str:
        box.advance()
        return render(list(box.parcels.values())[: -PAGE_MAX - 1 : -1])

    @post("/parcels/{waybill:str}/step", status_code=200)
    async def step(request: Request[None, None, State], waybill: FromPath[str]) -> Response[Track | None] | Redirect:
        """The parcel's next stop happens now: 303 to the page for a browser, the track for a program."""
        if waybill not in box.parcels:
            raise NotFoundException
        track = box.push(waybill)
        if "text/html" in request.headers.get("accept", ""):
            return Redirect("/", status_code=303)
        return Response(track)

    @asynccontextmanager
    async def life(app: Litestar) -> AsyncIterator[None]:
        if file:
            load(box, file)
        async with http or httpx.AsyncClient(timeout=5.0) as client:
            task = asyncio.create_task(Postman(box, notify_url, secret, client).run())
            try:
                yield
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                if file:
                    save(box, file)

    return Litestar([book, tracks, page, step], lifespan=[life], openapi_config=None, logging_config=None)


def render(parcels: list[Parcel]) -> str:
    """The page: every parcel with how far it is, and a button that works without script. No address is on it."""
    rows = "".join(
        f"<tr><td>{escape(p.waybill)}</td><td>{escape(p.booking.number)}</td>"
        f"<td>{escape(p.tracks[-1].state if p.tracks else 'label')}</td>"
        f"<td>{escape(p.tracks[-1].place if p.tracks else '')}</td>"
        + (
            f'<td><form method="post" action="/parcels/{escape(p.waybill)}/step">'
            f"<button>推进到 {p.plan[0].state} · On to {p.plan[0].state}</button></form></td></tr>"
            if p.plan
            else "<td></td></tr>"
        )
        for p in parcels
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>Jishi Express</title></head><body><h1>集市快运 · Jishi Express</h1><table><thead><tr>"
        '<th scope="col">运单 · Waybill</th><th scope="col">包裹 · Parcel</th><th scope="col">状态 · State</th>'
        '<th scope="col">地点 · Place</th><th scope="col">推进 · Next</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></body></html>"
    )
