"""Statements over media, categories, brands, attributes and the display trees."""

from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from jishi.kernel import Statement

from .tables import attributes, brands, categories, displays, pictures, videos

PRODUCT: Any = bindparam("product")
IDS: Any = bindparam("ids", expanding=True)
C, A, D, V = categories.c, attributes.c, displays.c, videos.c

# --- pictures
SHOTS = (pictures.c.id, pictures.c.path, pictures.c.width, pictures.c.height, pictures.c.sizes, pictures.c.alts,
         pictures.c.credit, pictures.c.chosen)  # fmt: skip
PICTURES = Statement(
    select(*SHOTS).where(pictures.c.product_id == PRODUCT).order_by(pictures.c.position, pictures.c.id)
)
PICTURE = Statement(select(*SHOTS).where(pictures.c.product_id == PRODUCT, pictures.c.key_hash == bindparam("hashed")))
COUNT_PICTURES = Statement(select(func.count()).select_from(pictures).where(pictures.c.product_id == PRODUCT))
ADD_PICTURE = Statement(pictures.insert(), *[c.name for c in pictures.c])
MOVE_PICTURE = Statement(
    update(pictures).where(pictures.c.id == bindparam("shown_id")).values(position=bindparam("new_position"))
)
DROP_PICTURE = Statement(
    delete(pictures).where(pictures.c.id == bindparam("shown_id"), pictures.c.product_id == PRODUCT)
)
FILM = (V.id, V.path, V.kind, V.size_bytes, V.poster, V.poster_sizes, V.width, V.height, V.alts)
VIDEOS = Statement(select(*FILM).where(V.product_id == PRODUCT).order_by(V.position, V.id))
VIDEO = Statement(select(*FILM).where(V.product_id == PRODUCT, V.key_hash == bindparam("hashed")))
COUNT_VIDEOS = Statement(select(func.count()).select_from(videos).where(V.product_id == PRODUCT))
ADD_VIDEO = Statement(videos.insert(), *[c.name for c in V])
DROP_VIDEO = Statement(delete(videos).where(V.id == bindparam("shown_id"), V.product_id == PRODUCT))

# --- categories
CATEGORIES = Statement(select(C.code, C.path, C.names, C.icon, C.position).order_by(C.position, C.code))
LOCK_CATEGORIES = Statement(select(C.code, C.path).with_for_update())
CATEGORY_PATH = Statement(select(C.path).where(C.code == bindparam("called")))
ADD_CATEGORY = Statement(categories.insert(), *[c.name for c in categories.c])
CHANGE_CATEGORY = Statement(
    update(categories)
    .where(C.code == bindparam("called"))
    .values({c: bindparam(f"new_{c}") for c in ("path", "names", "words", "icon", "position")})
)
MOVE_CATEGORY = Statement(update(categories).where(C.code == bindparam("called")).values(path=bindparam("new_path")))


CATEGORY_PATHS = Statement(select(C.code, C.path))

# --- brands and attributes
BRANDS = Statement(select(brands.c.code, brands.c.names).order_by(brands.c.code).limit(bindparam("limit")))
BRANDS_OF = Statement(select(brands.c.code, brands.c.names).where(brands.c.code.in_(IDS)).order_by(brands.c.code))
BRAND = Statement(select(brands.c.names).where(brands.c.code == bindparam("called")))
ADD_BRAND = Statement(brands.insert(), "code", "names")
CHANGE_BRAND = Statement(
    update(brands).where(brands.c.code == bindparam("called")).values(names=bindparam("new_names"))
)
ATTRIBUTES = Statement(select(A.body).order_by(A.position, A.code))
LOCK_ATTRIBUTES = Statement(select(A.body).order_by(A.position, A.code).with_for_update())
ADD_ATTRIBUTE = Statement(attributes.insert(), "code", "body", "position")
CHANGE_ATTRIBUTE = Statement(
    update(attributes)
    .where(A.code == bindparam("called"))
    .values(body=bindparam("new_body"), position=bindparam("new_position"))
)

# --- display trees
DISPLAYS = Statement(
    select(D.code, D.path, D.names, D.icon, D.position, D.categories)
    .where(D.storefront == bindparam("of"))
    .order_by(D.position, D.code)
)
LOCK_DISPLAYS = Statement(select(D.code, D.path).where(D.storefront == bindparam("of")).with_for_update())
ADD_DISPLAY = Statement(displays.insert(), *[c.name for c in D])
CHANGE_DISPLAY = Statement(
    update(displays)
    .where(D.storefront == bindparam("of"), D.code == bindparam("called"))
    .values({c: bindparam(f"new_{c}") for c in ("path", "names", "icon", "position", "categories")})
)
MOVE_DISPLAY = Statement(
    update(displays)
    .where(D.storefront == bindparam("of"), D.code == bindparam("called"))
    .values(path=bindparam("new_path"))
)
DROP_DISPLAYS = Statement(
    delete(displays).where(D.storefront == bindparam("of"), D.code.in_(bindparam("codes", expanding=True)))
)
