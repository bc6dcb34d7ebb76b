"""SQL that is built once with SQLAlchemy Core, compiled once per dialect, and executed on the raw driver."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import BindParameter, Table
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.sql import visitors

DIALECTS = {"sqlite": sqlite.dialect(), "mysql": mysql.dialect()}
PADS = (1, 4, 16, 64, 256)  # sizes of an IN list: the number of texts stays bounded
LIST_MAX = PADS[-1]
REQUIRED: Any = object()  # a parameter that has no value of its own


class Form(NamedTuple):
    """A text and how its arguments are picked: each slot's name, in order, and what need not be given."""

    sql: str
    slots: tuple[str, ...]
    defaults: dict[str, Any]
    known: frozenset[str]
    negated: bool
    pick: Callable[[dict[str, Any]], Any]


class Statement:
    """One SELECT, INSERT, UPDATE or DELETE over the tables of one module: a join across modules fails when it is built.

    `columns` names what an INSERT sets; a nullable column that a row does not name is NULL. Any other parameter that
    is missing, and any that the statement does not know, is a TypeError: a typing error never becomes a NULL."""

    def __init__(self, core: Any, *columns: str) -> None:
        self.core, self.columns = core, list(columns) or None
        self.forms: dict[Any, Form] = {}
        parts = list(visitors.iterate(core))
        owners = {t.info["module"].name: t.info["module"] for t in parts if isinstance(t, Table)}
        if len(owners) != 1:
            raise TypeError(f"a statement over {sorted(owners)}: no join crosses a module")
        (self.module,) = owners.values()
        binds = {b.key: b for b in parts if isinstance(b, BindParameter)}
        self.lists = [name for name, b in binds.items() if b.expanding and b.required]

    @property
    def target(self) -> Table | None:
        """The table that is written, None for a SELECT."""
        return self.core.table if self.core.is_dml else None

    def form(self, dialect: str, sizes: tuple[int, ...] = ()) -> Form:
        """The text for lists of these sizes, in the order of `lists`."""
        got = self.forms.get((dialect, sizes))
        if got is None:
            c = self.core.compile(dialect=DIALECTS[dialect], column_keys=self.columns)
            sql, slot = str(c), "?" if dialect == "sqlite" else "%s"
            slots: list[str] = []
            defaults: dict[str, Any] = {}
            for name in c.positiontup:
                bind, marker = c.binds[name], f"__[POSTCOMPILE_{name}]"
                if not bind.expanding:
                    slots.append(name)
                    if (default := self._default(name, bind)) is not REQUIRED:
                        defaults[name] = default
                elif bind.required:  # its members come with the call
                    size = dict(zip(self.lists, sizes, strict=True))[name]
                    sql = sql.replace(marker, ", ".join([slot] * size))
                    slots.append(name)
                else:  # its members were given when it was built
                    sql = sql.replace(marker, ", ".join([slot] * len(bind.value)))
                    members = {f"{name} {i}": member for i, member in enumerate(bind.value)}
                    slots += members
                    defaults |= members
            got = Form(sql, tuple(slots), defaults, frozenset(slots), " NOT IN " in sql, picker(slots))
            self.forms[dialect, sizes] = got
        return got

    def _default(self, name: str, bind: Any) -> Any:
        if not bind.required and bind.callable is None:
            return bind.value
        if self.core.is_insert and (column := self.core.table.c.get(name)) is not None and column.nullable:
            return None
        return REQUIRED

    def bind(self, dialect: str, values: dict[str, Any]) -> tuple[str, Sequence[Any]]:
        """The text for these values and its arguments. A list is padded with its last member; an empty one finds nothing."""
        if not self.lists:
            form = self.forms.get((dialect, ())) or self.form(dialect)
            return form.sql, arguments(form, values)
        try:
            lists = {n: padded(n, values[n]) for n in self.lists}
        except KeyError:
            raise TypeError(f"one of {self.lists} missing: {self.core}") from None
        sizes = tuple([len(v) for v in lists.values()])
        form = self.forms.get((dialect, sizes)) or self.form(dialect, sizes)
        if form.negated and not all(values[n] for n in lists):
            raise ValueError("NOT IN an empty list")  # NULL in it would find nothing where it should find all
        found = arguments(form, values | lists)
        if len(found) == 1:
            return form.sql, found[0]
        args: list[Any] = []
        for name, value in zip(form.slots, found, strict=True):
            if name in lists:
                args += value
            else:
                args.append(value)
        return form.sql, args

    def bind_many(self, dialect: str, rows: list[dict[str, Any]]) -> tuple[str, list[Sequence[Any]]]:
        """One text and the arguments of each row."""
        form = self.form(dialect)
        return form.sql, [arguments(form, row) for row in rows]


def picker(slots: Sequence[str]) -> Callable[[dict[str, Any]], Any]:
    """Values by name → the arguments in the order of the slots."""
    if len(slots) > 1:
        return itemgetter(*slots)  # in C: most of what a statement costs on top of its driver is spent here
    return lambda values: tuple([values[n] for n in slots])


def arguments(form: Form, values: dict[str, Any]) -> Sequence[Any]:
    """The value of each slot; TypeError if one is missing or unknown."""
    given = form.defaults | values if form.defaults else values
    if len(given) == len(form.known):  # and every known one is picked: so none is unknown
        try:
            return cast(Sequence[Any], form.pick(given))
        except KeyError:
            pass
    missing, unknown = sorted(form.known - given.keys()), sorted(given.keys() - form.known)
    raise TypeError(f"{missing} missing, {unknown} unknown: {form.sql}")


def padded(name: str, members: list[Any]) -> list[Any]:
    """The list, repeated at its end up to a size in PADS."""
    if len(members) > LIST_MAX:
        raise ValueError(f"{name}: {len(members)} of at most {LIST_MAX} members; ask with rows_in")
    if len(members) == 1:  # the most common, and nothing to add
        return members
    size = PADS[bisect_left(PADS, len(members))]
    return members + (members[-1:] or [None]) * (size - len(members))
