"""Uploads: told by their content, bounded, upright, re-encoded, and added once a key."""

import asyncio
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from jishi.goods.catalog import BadPicture, NoProduct, PageQuery, pictures
from jishi.goods.catalog.service import CatalogService
from jishi.grants import grants
from jishi.kernel import Forbidden, Invalid
from tests.kit import STAFF, buyer, clerk

from .kit import ACME, GUEST, OTHER, PLAIN, Files, photo


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


async def test_a_picture_comes_in_the_widths_it_fills(shelf):
    made = await shelf.put()
    shot = await shelf.picture(
        made.id, photo(1000, 500), alts={"en": " A cup ", "zh-CN": ""}, credit="Photo: A / B", sku_codes=["cup-g-480"]
    )
    assert (shot.width, shot.height, shot.sizes, shot.alts, shot.credit) == (
        1000, 500, [200, 400, 800], {"en": "A cup"}, "Photo: A / B",
    )  # fmt: skip
    assert sorted(shelf.files) == [f"{shot.path}-{w}.webp" for w in (200, 400, 800)]
    for width in shot.sizes:
        image = opened(shelf.files[f"{shot.path}-{width}.webp"])
        assert (image.format, image.size) == ("WEBP", (width, width // 2))
    whole = await shelf.product(made.id)
    assert whole.pictures == [shot]
    assert [s.picture_id for s in whole.skus] == [shot.id, 0]
    assert whole.version == 2
    second = await shelf.picture(made.id, photo(210, 210), key="2", sku_codes=["CUP-W-750"])
    green, white = await shelf.listings(of=(made.id,))
    assert (green.picture, white.picture) == (shot.path, second.path)
    (card,) = (await shelf.service.page(GUEST, PageQuery())).cards
    assert (card.picture, card.picture_alts) == (shot.path, {"en": "A cup"})
    assert await shelf.changes() == [("travel-cup", 1), ("travel-cup", 2), ("travel-cup", 3)]
    assert (await shelf.put()).pictures == [shot, second]  # put again, they stay


async def test_small_ones_are_not_blown_up(shelf):
    made = await shelf.put(PLAIN)
    shot = await shelf.picture(made.id, photo(90, 30))
    assert (shot.width, shot.height, shot.sizes) == (90, 30, [200])
    assert opened(shelf.files[f"{shot.path}-200.webp"]).size == (90, 30)
    large = await shelf.picture(made.id, photo(2400, 1200, "JPEG"), key="large")
    assert large.sizes == [200, 400, 800, 1200]


async def test_the_same_key_is_the_same_picture(shelf):
    made = await shelf.put(PLAIN)
    first = await shelf.picture(made.id, photo())
    before = await shelf.counts()
    assert await shelf.picture(made.id, photo(300, 300)) == first
    answers = await asyncio.gather(*(shelf.picture(made.id, photo(300, 300), key="b") for _ in range(4)))
    assert len({a.id for a in answers}) == 1
    assert (await shelf.counts())["goods_catalog_pictures"] == before["goods_catalog_pictures"] + 1


async def test_nothing_of_the_upload_but_its_pixels_is_kept(shelf):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90°
    exif[0x010E] = "SECRET-DESCRIPTION"
    exif[0x8825] = {2: (31.0, 14.0, 3.0)}  # where it was taken
    made = await shelf.put(PLAIN)
    image = photo(600, 400, "JPEG", exif=exif.tobytes(), comment=b"SECRET-COMMENT", quality=95)
    shot = await shelf.picture(made.id, image + b"<script>SECRET-TAIL</script>")
    assert (shot.width, shot.height, shot.sizes) == (400, 600, [200, 400])
    for data in shelf.files.values():
        assert b"SECRET" not in data
        assert b"EXIF" not in data
        assert b"ICCP" not in data
        assert not opened(data).getexif()
    upright = opened(shelf.files[f"{shot.path}-400.webp"]).convert("RGB")
    assert upright.getpixel((200, 50))[0] > 200  # red, left before, is on top now
    assert upright.getpixel((200, 550))[2] > 200


@pytest.mark.parametrize(
    ("form", "mode", "more"),
    [("PNG", "RGBA", {}), ("PNG", "P", {}), ("PNG", "L", {}), ("PNG", "1", {}), ("PNG", "LA", {}), ("PNG", "I;16", {}),
     ("GIF", "P", {"save_all": True}), ("WEBP", "RGB", {}), ("JPEG", "CMYK", {}), ("AVIF", "RGB", {})],
)  # fmt: skip
def test_every_kind_of_pixel_is_read(form, mode, more):
    made = pictures.encoded(photo(250, 100, form, mode, **more))
    assert (made.width, made.height, list(made.files)) == (250, 100, [200])
    assert opened(made.files[200]).size == (200, 80)


def claims(width: int, height: int) -> bytes:
    """A PNG that says it is this large and holds next to nothing."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HOSTILE = [
    (b"", "empty"),
    (b"\0" * 64, "type"),
    (SVG, "type"),
    (b"<?xml version='1.0'?>" + SVG, "type"),
    (b"<!doctype html><h1>hi</h1>", "type"),
    (b"GIF89a<script>alert(1)</script>", "type"),
    (b"%PDF-1.7\n", "type"),
    (b"PK\3\4" + b"\0" * 60, "type"),
    (b"\x89PNG\r\n\x1a\n", "type"),
    (photo(form="BMP"), "type"),
    (photo(form="TIFF"), "type"),
    (photo(form="PPM"), "type"),
    (photo(form="ICO"), "type"),
    (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "type"),
    (cut(photo(form="PNG", width=700)), "broken"),
    (cut(photo(form="JPEG")), "broken"),
    (cut(photo(form="WEBP")), "broken"),
    (claims(65_000, 65_000), "size"),
    (claims(10_000, 10_000), "size"),
    (claims(8_000, 5_001), "size"),
    (claims(40_000, 10), "size"),
    (claims(0, 0), "type"),
    (claims(1000, 1000), "broken"),
    (photo() + b"\0" * (20 << 20), "size"),
]


@pytest.mark.parametrize(("image", "reason"), HOSTILE)
async def test_what_is_no_picture_leaves_no_trace(shelf, image, reason):
    made = await shelf.put(PLAIN)
    before = await shelf.counts()
    with pytest.raises(BadPicture) as e:
        await shelf.picture(made.id, image)
    assert e.value.reason == reason
    assert await shelf.counts() == before
    assert shelf.files == {}


async def test_pictures_are_added_by_their_products_people(shelf):
    made = await shelf.put(PLAIN)
    before = await shelf.counts()
    with pytest.raises(NoProduct):
        await shelf.picture(made.id, photo(), ctx=clerk(OTHER))
    with pytest.raises(NoProduct):
        await shelf.picture(99, photo())
    with pytest.raises(Forbidden):
        await shelf.picture(made.id, photo(), ctx=buyer())
    with pytest.raises(Invalid):
        await shelf.picture(made.id, photo(), key="")
    assert await shelf.counts() == before
    assert shelf.files == {}
    assert (await shelf.picture(made.id, photo(), ctx=clerk(ACME))).sizes == [200, 400]


async def test_a_product_has_at_most_fifty(shelf, monkeypatch):
    monkeypatch.setattr(pictures, "MAX_PICTURES", 2)
    made = await shelf.put(PLAIN)
    for n in range(2):
        await shelf.picture(made.id, photo(), key=str(n))
    with pytest.raises(BadPicture) as e:
        await shelf.picture(made.id, photo(), key="3")
    assert e.value.reason == "too_many"
    assert len((await shelf.product(made.id)).pictures) == 2


async def test_the_work_is_done_where_the_runner_says(shelf):
    asked = []

    async def run(work, *args):
        asked.append(work)
        return work(*args)

    service = CatalogService(shelf.db, grants(), Files(shelf.files), run)
    made = await shelf.put(PLAIN)
    from jishi.goods.catalog import AddPicture

    await service.add_picture(STAFF, AddPicture(made.id, "k", photo()))
    assert asked == [pictures.encoded]
