"""Lists page by the last row's (sort value, id): no OFFSET, no row skipped or shown twice, no promise of totals."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Select, and_, bindparam, or_

from .faults import Fault

R = TypeVar("R")
MOST, LONGEST = 100, 400  # rows a page; characters of a cursor
Value = int | str


class WrongCursor(Fault, code="cursor.wrong", status=422):
    """It was not made by this list."""


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where the last page ended. Not secret and not signed: what a list shows is scoped to its reader, wherever it begins."""

    value: Value
    id: int


def write_cursor(value: Value, id: int) -> str:
    return urlsafe_b64encode(msgspec.msgpack.encode(Cursor(value, id))).rstrip(b"=").decode()


def read_cursor(text: str, kind: type[Value]) -> Cursor:
    """The cursor of a list that sorts by `kind` (int or str); anything else raises `WrongCursor`."""
    if len(text) > LONGEST:
        raise WrongCursor
    try:
        cursor = msgspec.msgpack.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=Cursor)
    except (Error, ValueError, msgspec.DecodeError):
        raise WrongCursor from None
    if not isinstance(cursor.value, kind) or not -(1 << 63) <= cursor.id < 1 << 63:
        raise WrongCursor
    if isinstance(cursor.value, int) and not -(1 << 63) <= cursor.value < 1 << 63:
        raise WrongCursor
    return cursor


def limited(limit: int, most: int = MOST) -> int:
    """At least 1, at most `most`: what a caller asks for never decides how much work it is."""
    return max(1, min(limit, most))


def cut(rows: Sequence[R], limit: int, key: Callable[[R], tuple[Value, int]]) -> tuple[Sequence[R], str]:
    """Of `limit + 1` rows at most `limit`, and the cursor of the next page, "" at the end."""
    if len(rows) <= limit:
        return rows, ""
    return rows[:limit], write_cursor(*key(rows[limit - 1]))


def newest_first(query: Select[Any], *, by: ColumnElement[Any], id: ColumnElement[Any]) -> Select[Any]:
    """Falling (by, id) from bind parameters `at`, `after` and `limit`; the first page begins at `at` = `after` = 2⁶³−1.

    Written out, for MySQL may not use an index for `(by, id) < (x, y)`."""
    before = or_(by < bindparam("at"), and_(by == bindparam("at"), id < bindparam("after")))
    return query.where(before).order_by(by.desc(), id.desc()).limit(bindparam("limit"))


def oldest_first(query: Select[Any], *, by: ColumnElement[Any], id: ColumnElement[Any]) -> Select[Any]:
    """Rising (by, id) from bind parameters `at`, `after` and `limit`; the first page begins at the smallest value."""
    behind = or_(by > bindparam("at"), and_(by == bindparam("at"), id > bindparam("after")))
    return query.where(behind).order_by(by, id).limit(bindparam("limit"))
