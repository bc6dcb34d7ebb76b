"""Categories: the operating tree, by which goods are kept, and the display tree of each storefront, by which they are found.

A path is the codes from the root down, each with a / behind it: what is below begins with it."""

import re
from collections.abc import Iterator, Mapping

from jishi.kernel import FieldError, Invalid, Tx
from jishi.kernel.place import Text

from .face import (
    Categories,
    CategoryList,
    DisplayList,
    DisplayQuery,
    DropDisplayCategory,
    PutCategory,
    PutDisplayCategory,
)
from .rules import pack, unpack
from .shelf_sql import (
    ADD_CATEGORY,
    ADD_DISPLAY,
    CATEGORIES,
    CATEGORY_PATH,
    CATEGORY_PATHS,
    CHANGE_CATEGORY,
    CHANGE_DISPLAY,
    DISPLAYS,
    DROP_DISPLAYS,
    LOCK_CATEGORIES,
    LOCK_DISPLAYS,
    MOVE_CATEGORY,
    MOVE_DISPLAY,
)
from .terms import Category, DisplayCategory
from .texts import cleaned, indexed, line, slug

MAX_CATEGORIES, MAX_DEPTH, MAX_POSITION, MAX_SHOWN = 2_000, 8, 1_000_000, 64
STOREFRONT = re.compile("[a-z0-9-]{1,32}")


def put_category(tx: Tx, cmd: PutCategory) -> Category:
    """The category of this code is as told; moved, it takes along all that is below it."""
    names, icon = checked(cmd)
    paths = dict(tx.rows(LOCK_CATEGORIES))  # all of them: two moves at once could close a circle
    path, below = placed(cmd, paths)
    kept = dict(path=path, names=pack(names), words=indexed(names.values()), icon=icon, position=cmd.position)
    if cmd.code in paths or not tx.once(ADD_CATEGORY, code=cmd.code, **kept):
        tx.run(CHANGE_CATEGORY, called=cmd.code, **{f"new_{name}": value for name, value in kept.items()})
    if below:
        tx.many(MOVE_CATEGORY, [dict(called=c, new_path=p) for c, p in below.items()])
    return Category(cmd.code, names, parent_in(path), icon, cmd.position)


def checked(cmd: PutCategory | PutDisplayCategory) -> tuple[Text, str]:
    """Names and icon as they are kept; raises `Invalid`."""
    names, icon = cleaned(cmd.names), line(cmd.icon)
    if not cmd.code or slug(cmd.code) != cmd.code or len(cmd.code) > 64:
        raise Invalid([FieldError("code", "code.wrong")])
    if not names or any(len(n) > 100 for n in names.values()):
        raise Invalid([FieldError("names", "text.length", {"min": "1", "max": "100"})])
    if not 0 <= cmd.position <= MAX_POSITION or len(icon) > 64:
        raise Invalid([FieldError("position", "number.range", {"min": "0", "max": str(MAX_POSITION)})])
    return names, icon


def placed(cmd: PutCategory | PutDisplayCategory, paths: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Its path, and the new paths of all below it when it moves."""
    if cmd.parent and cmd.parent not in paths:
        raise Invalid([FieldError("parent", "category.none")])
    was, path = paths.get(cmd.code, ""), paths.get(cmd.parent, "") + cmd.code + "/"
    if was and path != was and path.startswith(was):
        raise Invalid([FieldError("parent", "category.circle")])
    below = {c: path + p[len(was) :] for c, p in paths.items() if was and p.startswith(was) and c != cmd.code}
    if max(p.count("/") for p in (path, *below.values())) > MAX_DEPTH or (not was and len(paths) >= MAX_CATEGORIES):
        raise Invalid([FieldError("parent", "list.long", {"max": str(MAX_DEPTH if was else MAX_CATEGORIES)})])
    return path, below if path != was else {}


def put_display(tx: Tx, cmd: PutDisplayCategory) -> DisplayCategory:
    """The storefront's tree has this category; moved, it takes along all that is below it."""
    names, icon = checked(cmd)
    if not STOREFRONT.fullmatch(cmd.storefront):
        raise Invalid([FieldError("storefront", "code.wrong")])
    known, shown = dict(tx.rows(CATEGORY_PATHS)), list(dict.fromkeys(cmd.categories))
    if len(shown) > MAX_SHOWN:
        raise Invalid([FieldError("categories", "list.long", {"max": str(MAX_SHOWN)})])
    if any(code not in known for code in shown):
        raise Invalid([FieldError("categories", "category.none")])
    paths = dict(tx.rows(LOCK_DISPLAYS, of=cmd.storefront))
    path, below = placed(cmd, paths)
    kept = dict(path=path, names=pack(names), icon=icon, position=cmd.position, categories=pack(shown))
    here = dict(of=cmd.storefront, called=cmd.code)
    if cmd.code in paths or not tx.once(ADD_DISPLAY, storefront=cmd.storefront, code=cmd.code, **kept):
        tx.run(CHANGE_DISPLAY, **here, **{f"new_{name}": value for name, value in kept.items()})
    if below:
        tx.many(MOVE_DISPLAY, [dict(of=cmd.storefront, called=c, new_path=p) for c, p in below.items()])
    return DisplayCategory(cmd.code, names, parent_in(path), icon, cmd.position, shown)


def drop_display(tx: Tx, cmd: DropDisplayCategory) -> None:
    """It and all below it are gone from the storefront's tree."""
    paths = dict(tx.rows(LOCK_DISPLAYS, of=cmd.storefront))
    if (path := paths.get(cmd.code)) is None:
        raise Invalid([FieldError("code", "category.none")])
    gone = sorted(code for code, p in paths.items() if p.startswith(path))
    for start in range(0, len(gone), 256):
        tx.run(DROP_DISPLAYS, of=cmd.storefront, codes=gone[start : start + 256])


def categories(tx: Tx, query: Categories) -> CategoryList:
    """All of them by position, then code: there are at most `MAX_CATEGORIES`."""
    return CategoryList([
        Category(code, unpack(names, Text), parent_in(path), icon, position)
        for code, path, names, icon, position in tx.rows(CATEGORIES)
    ])  # fmt: skip


def display(tx: Tx, query: DisplayQuery) -> DisplayList:
    """The storefront's own tree, or the operating one as its mirror."""
    if rows := tx.rows(DISPLAYS, of=query.storefront):
        return DisplayList([
            DisplayCategory(code, unpack(names, Text), parent_in(path), icon, position, unpack(shown, list[str]))
            for code, path, names, icon, position, shown in rows
        ])  # fmt: skip
    mirrored = categories(tx, Categories()).rows
    return DisplayList([DisplayCategory(c.code, c.names, c.parent, c.icon, c.position, [c.code]) for c in mirrored])


def paths_under(tx: Tx, storefront: str, code: str) -> list[str]:
    """The operating paths that a category shows; of the operating tree, where the storefront is "" or has no own one."""
    if storefront and (rows := tx.rows(DISPLAYS, of=storefront)):
        here = next((path for c, path, *_ in rows if c == code), "")
        shown = {s for _, path, _, _, _, raw in rows if here and path.startswith(here) for s in unpack(raw, list[str])}
        known = dict(tx.rows(CATEGORY_PATHS))
        return list(topmost(sorted(known[s] for s in shown if s in known)))[:256]
    found = tx.row(CATEGORY_PATH, called=code)
    return [found[0]] if found else []


def topmost(paths: list[str]) -> Iterator[str]:
    """Of sorted paths those that are below no other."""
    last = ""
    for path in paths:
        if not last or not path.startswith(last):
            last = path
            yield path


def parent_in(path: str) -> str:
    """`goods/tea/green/` → `tea`."""
    return path.rstrip("/").rpartition("/")[0].rpartition("/")[2]
