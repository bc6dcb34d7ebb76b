"""CSV as people save it: encodings, quotes, doubles, limits; what is wrong is said about its line."""

import csv
import io

import pytest
from hypothesis import given, strategies as st

from jishi.importing import NotText, rows as module
from jishi.importing.rows import Table, guarded, unguarded


def read(data: bytes) -> tuple[list[str], list[tuple[int, dict[str, str], list[str]]]]:
    table = Table(io.BytesIO(data))
    return table.names, [(r.line, r.cells, [t.key for t in r.troubles]) for r in table.rows()]


def lines(data: bytes) -> list[tuple[int, list[str], list[str]]]:
    return [(line, list(cells.values())[::-1], keys) for line, cells, keys in read(data)[1]]


def test_rows_know_the_line_they_begin_on():
    data = b'a,b\r\n1,"x\r\ny"\r\n\r\n , \r\n2,z'
    assert lines(data) == [(2, ["1", "x\r\ny"], []), (6, ["2", "z"], [])]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("comma", [b",", b";", b"\t"])
def test_a_mark_and_another_delimiter_are_read(mark, comma):
    data = mark + comma.join((b" Name ", b"PRICE")) + b"\n" + comma.join(("茶".encode(), b"1")) + b"\n"
    assert read(data) == (["name", "price"], [(2, {"name": "茶", "price": "1"}, [])])


def test_aligned_cells_are_trimmed_and_blanks_behind_a_quote_are_none():
    assert lines(b'name  ,text\nTea   ,"a, b"      \n') == [(2, ["Tea", "a, b"], [])]


def test_of_two_columns_of_one_name_the_first_counts():
    assert read(b"a,b,A\n1,2,3\n")[1] == [(2, {"a": "1", "b": "2"}, [])]


def test_bad_bytes_and_bad_counts_cost_their_own_line():
    data = b"a,b\n1,\xff\n1\n1,2,3\n1,2,,\n1,\0\n5,6\n"
    assert [(line, keys) for line, _, keys in lines(data)] == [
        (2, ["importing.encoding"]),
        (3, ["importing.cells"]),
        (4, ["importing.cells"]),
        (5, []),
        (6, ["importing.encoding"]),
        (7, []),
    ]


def test_an_open_quote_costs_its_own_line():
    for end in (b"", b'4,"d"\n', b'4,"d\ne"\n5,f\n'):
        found = lines(b'a,b\n1,x\n2,"y\n3,z\n' + end)
        assert found[:3] == [(2, ["1", "x"], []), (3, ["2", "y"], ["importing.quote"]), (4, ["3", "z"], [])]
        assert all(keys == [] for _, _, keys in found[2:])
        assert len(found) == 3 + end.count(b"d") + end.count(b"f")


def test_a_line_without_end_costs_itself():
    data = b"a,b\n1," + b"x" * 300_000 + b"\n2,y\n"
    assert [(line, keys) for line, _, keys in lines(data)] == [(2, ["importing.long"]), (3, [])]
    swallowed = b'a,b\n1,"' + b"x\n" * 5_000
    assert lines(swallowed)[0] == (2, ["1", "x"], ["importing.quote"])


def test_no_file_makes_the_reader_read_on_and_on(monkeypatch):
    monkeypatch.setattr(module, "MAX_AGAIN", 50)
    taken = 0
    plain = module.Lines.take

    def counted(self):
        nonlocal taken
        taken += 1
        return plain(self)

    monkeypatch.setattr(module.Lines, "take", counted)
    found = lines(b"a,b,c\n" + b'1,x"y,"T\n' * 400)
    assert [line for line, *_ in found] == list(range(2, 402))
    assert all(keys == ["importing.quote"] for *_, keys in found)
    assert taken < 2_000


def test_too_many_rows_are_said_and_not_read(monkeypatch):
    monkeypatch.setattr(module, "MAX_ROWS", 3)
    found = lines(b"a,b\n" + b"1,2\n" * 9)
    assert [keys for *_, keys in found] == [[], [], [], ["importing.too_many_rows"]]


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfea\0,\0b\0\n\0", b"\xb2\xe8\xd2\xb6,b\n", b"\0" * 40, b"a," * 500 + b"\n", b'"a,b\n1,2\n']
)
def test_what_is_no_csv_is_not_begun(data):
    with pytest.raises(NotText):
        read(data)


def test_cells_are_safe_in_a_spreadsheet():
    for cell in ("=1+1", "+1", "-1", "@x", "\t=1", "\r=1"):
        assert guarded(cell) == "'" + cell
    for cell in ("", "a=1", "'a", "1-2", "'"):
        assert guarded(cell) == cell


@given(st.one_of(st.text(), st.text("'=+-@\t\r ax", max_size=5)))
def test_guarding_is_undone(cell):
    assert unguarded(guarded(cell)) == cell
    assert guarded(cell)[:1] not in ("=", "+", "-", "@", "\t", "\r") or not cell


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    try:
        rows = read(b"a,b\n" + data)[1]
    except NotText:
        return
    assert all(0 < line <= data.count(b"\n") + 2 for line, *_ in rows)


@given(
    st.lists(
        st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")), min_size=3, max_size=3),
        max_size=8,
    )
)
def test_what_the_writer_wrote_is_read(told):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([["a", "b", "c"], *told])
    expected = [[unguarded(c.strip()) for c in cells] for cells in told if any(c.strip() for c in cells)]
    assert [(cells, keys) for _, cells, keys in lines(out.getvalue().encode())] == [(cells, []) for cells in expected]
