"""CSV as people save it: streaming, line by line, and what is wrong with a line is said about that line."""

import csv
import re
from collections import deque
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from msgspec import Struct

from .terms import NotText, Trouble

MAX_ROWS, MAX_LINE, MAX_ROW, MAX_ROW_LINES = 50_000, 100_000, 120_000, 2_000  # rows, bytes, characters, lines
MAX_COLUMNS, MAX_AGAIN = 400, 100_000  # columns; lines of one file that are read a second time
DELIMITERS = ",;\t"
GUARDED = re.compile("'+[=+\\-@\t\r]")


class Row(Struct):
    """`cells` by folded column name, stripped. A row with troubles is not to be trusted beyond who it belongs to."""

    line: int
    cells: dict[str, str]
    troubles: list[Trouble]

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


class Line(Struct, frozen=True):
    number: int
    text: str
    wrong: str  # "" or what is wrong with its bytes


class Lines:
    """Physical lines, decoded, numbered from 1; those read too far can be given back."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.again = file, deque[Line]()
        self.number = self.bytes = self.read_again = 0

    def take(self) -> Line | None:
        if self.again:
            return self.again.popleft()
        raw = self.file.readline(MAX_LINE + 1)
        if not raw:
            return None
        self.number += 1
        self.bytes += len(raw)
        wrong = ""
        if len(raw) > MAX_LINE and not raw.endswith(b"\n"):
            wrong = "long"
            while (rest := self.file.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                self.bytes += len(rest)
            raw += b"\n"
        if self.number == 1:
            raw = raw.removeprefix(b"\xef\xbb\xbf")
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            text, wrong = raw.decode(errors="replace"), wrong or "encoding"
        if "\0" in text:
            text, wrong = text.replace("\0", ""), wrong or "encoding"
        return Line(self.number, text, wrong)

    def give_back(self, lines: Sequence[Line]) -> None:
        self.again.extendleft(reversed(lines))
        self.read_again += len(lines)


def record(lines: Lines, delimiter: str, expected: int = 0) -> tuple[Line, list[str], str] | None:
    """(its first line, cells, what is wrong) of the next record; None at the end.

    A quote that is never closed swallows lines until the next quote or the end. So a record that ends within quotes, and
    one of several lines that has not the `expected` cells or a text right behind a closing quote, costs its first line
    only; the others are read again. Where that happens too often, a record is one line: no file takes long to refuse."""
    taken, size, ended = list[Line](), 0, False
    most = MAX_ROW_LINES if lines.read_again < MAX_AGAIN else 1

    def feed() -> Iterator[str]:
        nonlocal size, ended
        while len(taken) < most and size < MAX_ROW and (line := lines.take()):
            taken.append(line)
            size += len(line.text)
            yield line.text
        ended = True  # the reader asks again only within quotes

    try:
        cells = next(csv.reader(feed(), delimiter=delimiter), None)
    except csv.Error:
        cells, ended = [], True
    if not taken:
        return None
    if cells is None or ended or (len(taken) > 1 and (expected not in (0, len(cells)) or loose(taken, delimiter))):
        lines.give_back(taken[1:])
        return taken[0], plain(taken[0].text, delimiter), "quote"
    return taken[0], cells, next((x.wrong for x in taken if x.wrong), "")


def loose(taken: Sequence[Line], delimiter: str) -> bool:
    """Does a text stand right behind a closing quote? Blanks may: some align their columns."""
    text = re.sub(rf'"[ \t]+(?=[{delimiter}\r\n]|$)', '"', "".join(x.text for x in taken))
    try:
        next(csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True), None)
    except csv.Error:
        return True
    return False


def plain(text: str, delimiter: str) -> list[str]:
    """A broken line's cells, as well as can be told."""
    return [cell.strip(' "\r\n') for cell in text.split(delimiter)][:MAX_COLUMNS]


def folded(name: str) -> str:
    return " ".join(name.split()).casefold()


class Table:
    """A file with a header. `columns`: folded name → as it is written."""

    def __init__(self, file: BinaryIO) -> None:
        self.lines = Lines(file)
        first = self.lines.take()
        if first is None or first.wrong:
            raise NotText
        self.lines.give_back([first])
        self.delimiter = max(DELIMITERS, key=first.text.count)
        found = record(self.lines, self.delimiter)
        if found is None or found[2] or len(found[1]) > MAX_COLUMNS:
            raise NotText
        self.width = len(found[1])
        self.names = [folded(name) for name in found[1]]
        while self.names and not self.names[-1]:
            self.names.pop()
        self.columns = {folded(name): name.strip() for name in reversed(found[1])}
        self.count = 0

    def rows(self) -> Iterator[Row]:
        """Every row that is not empty, at most `MAX_ROWS`; the one too many says so and is the last."""
        while (found := record(self.lines, self.delimiter, self.width)) is not None:
            line, cells, wrong = found
            if not any(cell.strip() for cell in cells):
                continue
            self.count += 1
            troubles = [Trouble(line.number, "", f"importing.{wrong}")] if wrong else []
            if self.count > MAX_ROWS:
                yield Row(
                    line.number, {}, [Trouble(line.number, "", "importing.too_many_rows", {"max": str(MAX_ROWS)})]
                )
                return
            while len(cells) > len(self.names) and not cells[-1].strip():
                cells.pop()
            if len(cells) != len(self.names) and not troubles:
                counts = {"found": str(len(cells)), "expected": str(len(self.names))}
                troubles.append(Trouble(line.number, "", "importing.cells", counts))
            named = zip(
                reversed(self.names), reversed([*cells, *[""] * len(self.names)][: len(self.names)]), strict=True
            )
            yield Row(line.number, {name: unguarded(cell.strip()) for name, cell in named}, troubles)


def unguarded(cell: str) -> str:
    """What `guarded` made safe, as it was."""
    return cell[1:] if GUARDED.match(cell) else cell


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: `'` before = + - @ tab CR, and before what looks so guarded."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") or GUARDED.match(cell) else cell
