"""The face, bound to its units; only adding a picture is a story."""

import asyncio
from typing import Protocol, cast

from jishi.kernel import Context, Database, FieldError, Grants, Invalid, Service, reads, writes

from . import commands, pictures, queries
from .face import MAX_SKUS, AddPicture, Catalog
from .terms import Picture

AT_ONCE = 2  # pictures being re-encoded: a large one takes 300 MB while it does


class Blobs(Protocol):
    """Where the files go: what of the kernel's blobs is needed here."""

    async def put(self, name: str, data: bytes) -> None: ...


class CatalogService(Service, Catalog):
    put = writes(commands.put_product, needs="goods:product:put")
    product = reads(queries.product, needs="goods:product:see")
    listings = reads(queries.listings, needs="goods:product:see")
    page = reads(queries.page, needs="goods:product:see")
    put_category = writes(commands.put_category, needs="goods:category:put")
    categories = reads(queries.categories, needs="goods:product:see")

    def __init__(self, db: Database, grants: Grants, blobs: Blobs, run: pictures.Runner = pictures.in_thread) -> None:
        super().__init__(db, grants)
        self.blobs, self.run, self.room = blobs, run, asyncio.Semaphore(AT_ONCE)

    async def add_picture(self, ctx: Context, command: AddPicture, /) -> Picture:
        """The product shows the picture. Files first, then the row: a crash between them leaves files that the next
        try writes again under the same names. Raises `NoProduct`, `BadPicture`."""
        self.check(ctx, "goods:picture:add")
        if not command.key or len(command.sku_codes) > MAX_SKUS:
            raise Invalid([FieldError("key", "text.required")])
        if known := await self.db.read(ctx, pictures.wanted, command):
            return cast(Picture, known)
        async with self.room:
            made: pictures.Encoded = await self.run(pictures.encoded, command.image)
        for width, data in made.files.items():
            await self.blobs.put(f"{made.path}-{width}.webp", data)
        return cast(Picture, await self.db.write(ctx, pictures.keep, command, made))
