"""Pictures: told by their content, bounded, turned upright and re-encoded, so that nothing of the upload is kept."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from io import BytesIO
from typing import Any, TypeVar

from msgspec import Struct
from PIL import Image, ImageOps, UnidentifiedImageError

from jishi.kernel import Statement, Tx
from jishi.kernel.place import Text

from .choosing import grid_of
from .face import AddPicture, ProductChanged
from .faults import BadPicture, NoProduct
from .product_sql import COVER_ALTS, LOCK_PRODUCT, SEE_PRODUCT, SHOW_BY_ID, SHOW_SKUS, TOUCH_PRODUCT
from .queries import picture
from .rules import pack, unpack
from .shelf_sql import ADD_PICTURE, COUNT_PICTURES, PICTURE
from .terms import Picture
from .texts import cleaned, hashed, line

MAX_BYTES, MAX_PIXELS, MAX_EDGE = 20 << 20, 40_000_000, 16_000
MIN_EDGE = 16
MAX_PICTURES, MAX_ALT, MAX_CREDIT = 50, 300, 200
WIDTHS = (1200, 800, 400, 200)
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")  # what is tried; the name and the type that came along are not asked
QUALITY, EFFORT = 80, 2  # effort 4 saves 3 % of the bytes and takes three times as long

T = TypeVar("T")
Runner = Callable[..., Awaitable[Any]]  # run(function, *arguments): in a thread; the simulator's runs at once


async def in_thread(work: Callable[..., T], *args: Any) -> T:
    return await asyncio.to_thread(work, *args)


class Encoded(Struct, frozen=True):
    """`files`: width in the name → WebP. Width and height are those of the upload, upright."""

    path: str
    width: int
    height: int
    files: dict[int, bytes]


def encoded(image: bytes) -> Encoded:
    """The picture in the widths it fills, at least one, never larger than it was; raises `BadPicture`. CPU only.

    The name comes from the content: the same upload has the same files, so a repeat leaves nothing behind."""
    if not image:
        raise BadPicture("empty")
    if len(image) > MAX_BYTES:
        raise BadPicture("size")
    try:
        with Image.open(BytesIO(image), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS or max(opened.size) > MAX_EDGE:
                raise BadPicture("size")  # before a pixel is unpacked
            if min(opened.size) < MIN_EDGE:
                raise BadPicture("tiny")  # a dot that counts its readers, or nothing that anybody could see
            upright = _upright(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BadPicture("size") from None
    except UnidentifiedImageError:
        raise BadPicture("type") from None
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError, OverflowError) as e:
        raise BadPicture("broken") from e  # what decoders raise at bytes that lie
    width, height = upright.size
    files = dict[int, bytes]()
    for at_most in WIDTHS:
        if at_most <= width or at_most == WIDTHS[-1]:
            small = min(at_most, width)
            upright = upright.resize((small, max(1, round(height * small / width))), Image.Resampling.LANCZOS)
            out = BytesIO()
            upright.save(out, "WEBP", quality=QUALITY, method=EFFORT)
            files[at_most] = out.getvalue()
    name = hashlib.blake2b(image, digest_size=16).hexdigest()
    return Encoded(f"pictures/{name[:2]}/{name}", width, height, files)


def _upright(opened: Image.Image) -> Image.Image:
    """Pixels alone, RGB or RGBA: no EXIF, no GPS, no profile, no comment; of an animation the first frame."""
    turned = ImageOps.exif_transpose(opened)
    clear = turned.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in turned.info
    pixels = turned.convert("RGBA" if clear else "RGB")
    plain = Image.new(pixels.mode, pixels.size)
    plain.paste(pixels)
    return plain


def wanted(tx: Tx, cmd: AddPicture) -> Picture | None:
    """The picture that this key already gave; `NoProduct` for one that is not there or not the clerk's."""
    _product(tx, cmd, SEE_PRODUCT)
    known = tx.row(PICTURE, product=cmd.product_id, hashed=hashed(cmd.key))
    return picture(known) if known else None


def _product(tx: Tx, cmd: AddPicture, found_by: Statement) -> Any:
    row = tx.row(found_by, product=cmd.product_id)
    if row is None or (tx.actor.role == "clerk" and tx.actor.merchant_id != row[2]):
        raise NoProduct(cmd.product_id)
    return row


def keep(tx: Tx, cmd: AddPicture, made: Encoded) -> Picture:
    """The product has the picture, once a key; the first one is its cover."""
    id, handle, _, version, cover = _product(tx, cmd, LOCK_PRODUCT)
    if known := tx.row(PICTURE, product=id, hashed=hashed(cmd.key)):
        return picture(known)
    position = tx.row(COUNT_PICTURES, product=id)[0]
    if position >= MAX_PICTURES:
        raise BadPicture("too_many")
    alts = {locale: text[:MAX_ALT] for locale, text in cleaned(cmd.alts).items()}
    sizes = sorted(made.files)
    credit = line(cmd.credit)[:MAX_CREDIT]
    new = Picture(tx.new_id(), made.path, made.width, made.height, sizes, alts, credit, cmd.chosen)
    tx.run(
        ADD_PICTURE,
        id=new.id,
        product_id=id,
        key_hash=hashed(cmd.key),
        path=new.path,
        width=new.width,
        height=new.height,
        sizes=",".join(map(str, sizes)),
        alts=pack(alts),
        credit=new.credit,
        chosen=pack(cmd.chosen),
        position=position,
    )
    texts = unpack(tx.row(COVER_ALTS, product=id)[0], Text) if cover else alts
    tx.run(TOUCH_PRODUCT, product=id, now=tx.now, path=new.path, cover_texts=pack(texts))
    for start in range(0, len(cmd.sku_codes), 256):
        keys = [hashed(code) for code in cmd.sku_codes[start : start + 256]]
        tx.run(SHOW_SKUS, product=id, keys=keys, shown_id=new.id, path=new.path)
    if cmd.chosen:
        grid, at = grid_of(tx, id)
        ids = sorted(grid.id(p) for p in grid.standing if cmd.chosen.items() <= at.chosen(p).items())
        for start in range(0, len(ids), 256):
            tx.run(SHOW_BY_ID, ids=ids[start : start + 256], shown_id=new.id, path=new.path)
    tx.emit(ProductChanged(id, handle, version + 1))
    return new
