"""What a product shows beside its first pictures: videos, the order of all, and what is taken away again."""

from jishi.kernel import FieldError, Invalid, Tx
from jishi.kernel.place import Text

from .commands import mine
from .face import AddVideo, DropMedia, OrderMedia, ProductChanged
from .faults import BadVideo, NoProduct
from .films import Film
from .pictures import MAX_ALT, Encoded
from .product_sql import COVER, PRODUCT_BY_ID, SEE_PRODUCT, TOUCH, UNSHOW
from .queries import assembled, is_desk, picture, video
from .rules import pack
from .shelf_sql import (
    ADD_VIDEO,
    COUNT_VIDEOS,
    DROP_PICTURE,
    DROP_VIDEO,
    MOVE_PICTURE,
    PICTURES,
    VIDEO,
)
from .terms import Product, Video
from .texts import cleaned, hashed

MAX_VIDEOS = 5


def known_video(tx: Tx, cmd: AddVideo) -> Video | None:
    """The video that this key already gave; `NoProduct` for one that is not there or not the clerk's."""
    row = tx.row(SEE_PRODUCT, product=cmd.product_id)
    if row is None or not is_desk(tx, row[2]):
        raise NoProduct(cmd.product_id)
    known = tx.row(VIDEO, product=cmd.product_id, hashed=hashed(cmd.key))
    return video(known) if known else None


def keep_video(tx: Tx, cmd: AddVideo, film: Film, poster: Encoded) -> Video:
    """The product has the video, once a key."""
    row = mine(tx, cmd.product_id)
    if known := tx.row(VIDEO, product=row[0], hashed=hashed(cmd.key)):
        return video(known)
    position = tx.row(COUNT_VIDEOS, product=row[0])[0]
    if position >= MAX_VIDEOS:
        raise BadVideo("too_many")
    sizes = sorted(poster.files)
    alts = {locale: text[:MAX_ALT] for locale, text in cleaned(cmd.alts).items()}
    new = Video(
        tx.new_id(), film.path, film.kind, len(film.data), poster.path, sizes, poster.width, poster.height, alts
    )
    tx.run(
        ADD_VIDEO,
        id=new.id,
        product_id=row[0],
        key_hash=hashed(cmd.key),
        path=new.path,
        kind=new.kind,
        size_bytes=new.size_bytes,
        poster=new.poster,
        poster_sizes=",".join(map(str, sizes)),
        width=new.width,
        height=new.height,
        alts=pack(alts),
        position=position,
    )
    tx.run(TOUCH, product=row[0], now=tx.now)
    tx.emit(ProductChanged(row[0], row[1], row[11] + 1))
    return new


def order_media(tx: Tx, cmd: OrderMedia) -> Product:
    """The pictures stand in this order; those that are not named come behind, as they were."""
    row = mine(tx, cmd.product_id)
    shots = {s.id: s for s in map(picture, tx.rows(PICTURES, product=row[0]))}
    if unknown := set(cmd.picture_ids) - shots.keys():
        raise Invalid([FieldError(f"picture_ids.{list(cmd.picture_ids).index(min(unknown))}", "picture.none")])
    order = list(dict.fromkeys([*cmd.picture_ids, *shots]))
    if order and order != list(shots):
        tx.many(MOVE_PICTURE, [dict(shown_id=id, new_position=n) for n, id in enumerate(order)])
        _cover(tx, row[0], shots[order[0]].path, shots[order[0]].alts)
        tx.emit(ProductChanged(row[0], row[1], row[11] + 1))
    return assembled(tx, tx.row(PRODUCT_BY_ID, product=row[0]), 0)


def drop_media(tx: Tx, cmd: DropMedia) -> Product:
    """The product shows it no more. Its file stays: an order may name it."""
    row = mine(tx, cmd.product_id)
    if tx.run(DROP_PICTURE, product=row[0], shown_id=cmd.id):
        tx.run(UNSHOW, product=row[0], shown_id=cmd.id)
        left = [picture(r) for r in tx.rows(PICTURES, product=row[0])]
        _cover(tx, row[0], left[0].path if left else "", left[0].alts if left else {})
    elif tx.run(DROP_VIDEO, product=row[0], shown_id=cmd.id):
        tx.run(TOUCH, product=row[0], now=tx.now)
    else:
        raise Invalid([FieldError("id", "picture.none")])
    tx.emit(ProductChanged(row[0], row[1], row[11] + 1))
    return assembled(tx, tx.row(PRODUCT_BY_ID, product=row[0]), 0)


def _cover(tx: Tx, product_id: int, path: str, alts: Text) -> None:
    tx.run(COVER, product=product_id, now=tx.now, new_cover=path, cover_texts=pack(alts))
