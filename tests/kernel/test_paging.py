"""Lists page by the last row: every row once, whatever the sizes of the pages."""

import sqlite3
from contextlib import suppress

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import column, select, table
from sqlalchemy.dialects import sqlite

from jishi.kernel.paging import WrongCursor, cut, limited, newest_first, oldest_first, read_cursor, write_cursor

BIG = (1 << 63) - 1
INTS = st.integers(-BIG - 1, BIG)


@given(st.one_of(INTS, st.text(max_size=40)), INTS)
def test_a_cursor_comes_back_as_it_was(value: int | str, id: int) -> None:
    cursor = read_cursor(write_cursor(value, id), type(value))
    assert (cursor.value, cursor.id) == (value, id)


@pytest.mark.parametrize(
    "text", ["", "x", "%%%", "AAAA", "a" * 500, "é", write_cursor("text", 1), write_cursor(True, 1)]
)
def test_what_this_list_did_not_make_is_refused(text: str) -> None:
    with pytest.raises(WrongCursor):
        read_cursor(text, int)


@given(st.text(max_size=500))
def test_no_text_breaks_it(text: str) -> None:
    with suppress(WrongCursor):
        read_cursor(text, int)


def test_a_caller_does_not_decide_how_much_work_it_is() -> None:
    assert [limited(n) for n in (-5, 0, 1, 50, 100, 10**9)] == [1, 1, 1, 50, 100, 100]


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 7), st.booleans())
def test_pages_hold_every_row_once_and_in_order(values: list[int], size: int, falling: bool) -> None:
    rows, id, by = table("t", column("id"), column("v")), column("id"), column("v")
    made = (newest_first if falling else oldest_first)(select(by, id).select_from(rows), by=by, id=id)
    sql = made.compile(dialect=sqlite.dialect(paramstyle="named"))
    db = sqlite3.connect(":memory:")
    try:
        db.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER)")
        db.executemany("INSERT INTO t VALUES (?, ?)", list(enumerate(values)))
        at = after = BIG if falling else -1
        seen, cursor = list[tuple[int, int]](), "first"
        while cursor:
            bound = dict(sql.params) | {"at": at, "after": after, "limit": size + 1}
            bound |= {k: at for k in sql.params if k.startswith("at")} | {
                k: after for k in sql.params if k.startswith("after")
            }
            page, cursor = cut(db.execute(str(sql), bound).fetchall(), size, lambda r: (r[0], r[1]))
            assert len(page) <= size
            seen += page
            if cursor:
                last = read_cursor(cursor, int)
                at, after = last.value, last.id
    finally:
        db.close()
    assert seen == sorted(((v, i) for i, v in enumerate(values)), reverse=falling)
