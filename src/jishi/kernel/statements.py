"""SQL that is built once with SQLAlchemy Core, compiled once per dialect, and executed on the raw driver."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.sql import visitors

DIALECTS = {"sqlite": sqlite.dialect(), "mysql": mysql.dialect()}
PADS = (1, 4, 16, 64, 256)  # sizes of an IN list: the number of texts stays bounded
LIST_MAX = PADS[-1]
REQUIRED: Any = object()  # a parameter that has no value of its own

Form = tuple[str, list[tuple[str, Any]]]


class Statement:
    """One SELECT, INSERT, UPDATE or DELETE over the tables of one module: a join across modules fails when it is built.

    `columns` names what an INSERT sets; a nullable column that a row does not name is NULL. Any other parameter that
    is missing, and any that the statement does not know, is a TypeError: a typing error never becomes a NULL."""

    def __init__(self, core: Any, *columns: str) -> None:
        self.core, self.columns = core, list(columns) or None
        self.forms: dict[Any, Form] = {}
        self.names: frozenset[str] = frozenset()
        owners = {t.info["module"].name: t.info["module"] for t in visitors.iterate(core) if isinstance(t, Table)}
        if len(owners) != 1:
            raise TypeError(f"a statement over {sorted(owners)}: no join crosses a module")
        (self.module,) = owners.values()

    @property
    def target(self) -> Table | None:
        """The table that is written, None for a SELECT."""
        return self.core.table if self.core.is_dml else None

    def form(self, dialect: str, sizes: tuple[tuple[str, int], ...] = ()) -> Form:
        """The SQL text and, in order, each slot's parameter with its default."""
        got = self.forms.get((dialect, sizes))
        if got is None:
            c = self.core.compile(dialect=DIALECTS[dialect], column_keys=self.columns)
            sql, slot = str(c), "?" if dialect == "sqlite" else "%s"
            slots: list[tuple[str, Any]] = []
            for name in c.positiontup:
                bind, marker = c.binds[name], f"__[POSTCOMPILE_{name}]"
                if not bind.expanding:
                    slots.append((name, self._default(name, bind)))
                elif bind.required:  # its members come with the call
                    sql = sql.replace(marker, ", ".join([slot] * dict(sizes).get(name, 1)))
                    slots.append((name, REQUIRED))
                else:  # its members were given when it was built
                    sql = sql.replace(marker, ", ".join([slot] * len(bind.value)))
                    slots += [(name, member) for member in bind.value]
            self.names = frozenset(n for n, _ in slots)
            got = self.forms[dialect, sizes] = sql, slots
        return got

    def _default(self, name: str, bind: Any) -> Any:
        if not bind.required and bind.callable is None:
            return bind.value
        if self.core.is_insert and (column := self.core.table.c.get(name)) is not None and column.nullable:
            return None
        return REQUIRED

    def bind(self, dialect: str, values: dict[str, Any]) -> tuple[str, list[Any]]:
        """The text for these values and its arguments. A list is padded with its last member; an empty one finds nothing."""
        lists = {n: padded(n, v) for n, v in values.items() if type(v) is list}
        sql, slots = self.form(dialect, tuple((n, len(v)) for n, v in lists.items()))
        args: list[Any] = []
        if lists:
            values = values | lists
            if any(v[0] is None for v in lists.values()) and " NOT IN " in sql:
                raise ValueError("NOT IN an empty list")  # NULL in it would find nothing where it should find all
        for name, default in slots:
            value: Any = values.get(name, default)
            if value is REQUIRED:
                raise TypeError(f"{name} is missing: {sql}")
            if name in lists:
                args += value
            else:
                args.append(value)
        if not values.keys() <= self.names:
            raise TypeError(f"{sorted(values.keys() - self.names)} unknown: {sql}")
        return sql, args

    def bind_many(self, dialect: str, rows: list[dict[str, Any]]) -> tuple[str, list[list[Any]]]:
        """One text and the arguments of each row."""
        sql, slots = self.form(dialect)
        args = [[row.get(n, d) for n, d in slots] for row in rows]
        for row, values in zip(rows, args, strict=True):
            if REQUIRED in values or not row.keys() <= self.names:
                raise TypeError(f"{sorted(row.keys() ^ self.names)} missing or unknown: {sql}")
        return sql, args


def padded(name: str, members: list[Any]) -> list[Any]:
    """The list, repeated at its end up to a size in PADS."""
    if len(members) > LIST_MAX:
        raise ValueError(f"{name}: {len(members)} of at most {LIST_MAX} members; ask with rows_in")
    size = next(p for p in PADS if p >= len(members))
    return members + (members[-1:] or [None]) * (size - len(members))
