"""Table definitions as each engine reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Table
from sqlalchemy.schema import CreateIndex, CreateTable

from .sql import DIALECTS, Module

SCRIPT = Module("script", listed=False)  # whose units define tables, and touch none


def table_ddl(table: Table, dialect: str) -> list[str]:
    """The table and its indexes, each made if it is missing."""
    made: list[Any] = [CreateTable(table, if_not_exists=True)]
    made += [CreateIndex(i, if_not_exists=True) for i in sorted(table.indexes, key=lambda i: str(i.name))]
    return [str(each.compile(dialect=DIALECTS[dialect])).strip() for each in made]


def ddl(modules: Iterable[Module], dialect: str) -> list[str]:
    """Every table of the modules."""
    return [text for module in modules for table in module.meta.sorted_tables for text in table_ddl(table, dialect)]
