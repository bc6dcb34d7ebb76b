"""The pictures of the demo's products: what is shot of each, drawn by processes of their own, added by the catalogue's face."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import count

from msgspec import Struct
from msgspec.structs import replace

from jishi.goods.catalog import AddPicture, PageQuery, Product, ProductQuery
from jishi.kernel.place import Text
from jishi.web.faces import Shop

from .fill import STAFF, Told, stable
from .goods import DemoProduct
from .matrix import BLIND
from .pictures import Look, at_home, png, studio, third
from .shelves import BY_HANDLE, SHELVES

PAGE = 100


class Shot(Struct, frozen=True):
    """`scene`: studio, home, third. `chosen`: for which choices it is shown; none = for all."""

    key: str
    scene: str
    look: Look
    beside: Look
    seed: int
    alts: Text
    chosen: dict[str, str] = {}


def shots(item: DemoProduct) -> Iterator[Shot]:
    """The studio first, in the first colour; then the product at home, what tells most of it, and every other colour."""
    seed, beside = stable(item.handle), BY_HANDLE[item.beside].look
    colours = next((o.values for o in item.options if o.code == "colour" and o.values[0].colours), ())
    first, *others = colours or (None,)
    for value in (first, *others):
        if value is first:
            look, names, chosen = item.look, item.names, dict[str, str]()
        if value is not None and value.colours:
            look = replace(item.look, colour=value.colours[0], darker=value.colours[1])
            names = {locale: f"{text} · {value.names[locale]}" for locale, text in item.names.items()}
            chosen = {"colour": value.code}
        yield Shot(f"studio-{value.code if value else 'one'}", "studio", look, beside, seed, names, chosen)
        if value is first:
            yield Shot("home", "home", item.look, beside, seed, item.names)
            yield Shot("third", "third", item.look, beside, seed, item.names)


def drawn(shot: Shot) -> bytes:
    """The PNG. CPU only: a tenth to a quarter of a second."""
    if shot.scene == "studio":
        return png(studio(shot.look, shot.seed))
    return png(at_home(shot.look, shot.beside, shot.seed) if shot.scene == "home" else third(shot.look, shot.seed))


def studio_of(processes: int, *, quiet: bool = False) -> ProcessPoolExecutor:
    """Who draws: not in this process, so that its pages are served meanwhile; `quiet`: after everybody else."""
    return ProcessPoolExecutor(
        processes, multiprocessing.get_context("spawn"), initializer=_begin, initargs=(10 if quiet else 0,)
    )


def _begin(nice: int) -> None:
    os.nice(nice)


async def covers(shop: Shop, told: Told = lambda done, of: None) -> None:
    """Every product has its first picture."""
    processes = os.cpu_count() or 1
    with studio_of(processes) as pool:
        wanted = [(p.id, next(shots(item))) for item, p in await _there(shop) if not p.pictures]
        await _add(shop, pool, wanted, told, at_once=2 * processes)


async def the_rest(shop: Shop) -> None:
    """Every product has all its pictures: slowly, beside the pages that are served."""
    wanted = [
        (p.id, shot)
        for item, p in await _there(shop)
        if len(every := list(shots(item))) > len(p.pictures)
        for shot in every
    ]
    if wanted:
        with studio_of(1, quiet=True) as pool:
            await _add(shop, pool, wanted, lambda done, of: None, at_once=2)


async def _there(shop: Shop) -> list[tuple[DemoProduct, Product]]:
    """The demo's goods that this shop has."""
    ids = await product_ids(shop)
    return [
        (item, await shop.catalog.product(STAFF, ProductQuery(id=ids[item.handle])))
        for item in (*SHELVES, BLIND)
        if item.handle in ids
    ]


async def _add(
    shop: Shop, pool: ProcessPoolExecutor, wanted: Sequence[tuple[int, Shot]], told: Told, at_once: int
) -> None:
    room, done, loop = asyncio.Semaphore(at_once), count(1), asyncio.get_running_loop()

    async def one(product: int, shot: Shot) -> None:
        async with room:
            image = await loop.run_in_executor(pool, drawn, shot)
            await shop.catalog.add_picture(STAFF, AddPicture(product, shot.key, image, shot.alts, chosen=shot.chosen))
            told(next(done), len(wanted))

    async with asyncio.TaskGroup() as work:
        for product, shot in wanted:
            work.create_task(one(product, shot))


async def product_ids(shop: Shop) -> dict[str, int]:
    """The products of the shop by handle."""
    found, cursor = dict[str, int](), ""
    while True:
        page = await shop.catalog.page(STAFF, PageQuery(sort="name", cursor=cursor, limit=PAGE))
        found |= {card.handle: card.id for card in page.cards}
        if not (cursor := page.next):
            return found
