"""The face, bound to its units; only adding a picture or a video is a story."""

import asyncio
from collections.abc import Sequence
from typing import Protocol, cast

from jishi.kernel import Context, Database, FieldError, Grants, Handler, Invalid, Service, reads, writes

from . import choosing, commands, facts, films, media, pictures, queries, shelves, states
from .face import MAX_SKUS, AddPicture, AddVideo, Catalog, ProductDue
from .terms import Picture, Video

AT_ONCE = 2  # pictures being re-encoded: a large one takes 300 MB while it does


class Blobs(Protocol):
    """Where the files go: what of the kernel's blobs is needed here."""

    async def put(self, name: str, data: bytes) -> None: ...


class CatalogService(Service, Catalog):
    put = writes(commands.put_product, needs="goods:product:put")
    put_skus = writes(commands.put_skus, needs="goods:product:put")
    set_status = writes(states.set_status, needs="goods:product:put")
    recall = writes(states.recall, needs="goods:product:recall")
    rename = writes(states.rename, needs="goods:product:put")
    product = reads(queries.product, needs="goods:product:see")
    nearest = reads(choosing.nearest, needs="goods:product:see")
    matrix = reads(choosing.matrix, needs="goods:product:see")
    skus = reads(choosing.skus, needs="goods:product:see")
    listings = reads(queries.listings, needs="goods:product:see")
    page = reads(queries.page, needs="goods:product:see")
    put_category = writes(shelves.put_category, needs="goods:category:put")
    categories = reads(shelves.categories, needs="goods:product:see")
    put_display = writes(shelves.put_display, needs="goods:category:put")
    drop_display = writes(shelves.drop_display, needs="goods:category:put")
    display = reads(shelves.display, needs="goods:product:see")
    put_attribute = writes(facts.put_attribute, needs="goods:attribute:put")
    attributes = reads(facts.attributes, needs="goods:product:see")
    put_brand = writes(facts.put_brand, needs="goods:brand:put")
    brands = reads(facts.brands, needs="goods:product:see")
    order_media = writes(media.order_media, needs="goods:picture:add")
    drop_media = writes(media.drop_media, needs="goods:picture:add")

    def __init__(self, db: Database, grants: Grants, blobs: Blobs, run: pictures.Runner = pictures.in_thread) -> None:
        super().__init__(db, grants)
        self.blobs, self.run, self.room = blobs, run, asyncio.Semaphore(AT_ONCE)

    def handlers(self) -> Sequence[Handler]:
        return [Handler(self.db, ProductDue, unit=states.publish_due)]

    async def add_picture(self, ctx: Context, command: AddPicture, /) -> Picture:
        """The product shows the picture. Files first, then the row: a crash between them leaves files that the next
        try writes again under the same names. Raises `NoProduct`, `BadPicture`."""
        self.check(ctx, "goods:picture:add")
        if not command.key or len(command.sku_codes) > MAX_SKUS:
            raise Invalid([FieldError("key", "text.required")])
        if known := await self.db.read(ctx, pictures.wanted, command):
            return cast(Picture, known)
        made = await self._encoded(command.image)
        return cast(Picture, await self.db.write(ctx, pictures.keep, command, made))

    async def add_video(self, ctx: Context, command: AddVideo, /) -> Video:
        """The product shows the video, its poster first. Files, then the row, as with a picture.

        Raises `NoProduct`, `BadVideo`, and `BadPicture` for the poster."""
        self.check(ctx, "goods:picture:add")
        if not command.key:
            raise Invalid([FieldError("key", "text.required")])
        if known := await self.db.read(ctx, media.known_video, command):
            return cast(Video, known)
        film: films.Film = await self.run(films.checked_film, command.video)
        poster = await self._encoded(command.poster)
        await self.blobs.put(film.path, film.data)
        return cast(Video, await self.db.write(ctx, media.keep_video, command, film, poster))

    async def _encoded(self, image: bytes) -> pictures.Encoded:
        """The picture's files are there."""
        async with self.room:
            made: pictures.Encoded = await self.run(pictures.encoded, image)
        for width, data in made.files.items():
            await self.blobs.put(f"{made.path}-{width}.webp", data)
        return made
