"""The few kinds of column that tables are made of: the raw drivers skip type processors, so nothing else may be used.

Every column is NOT NULL unless `null=True`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Text
from sqlalchemy.dialects.mysql import MEDIUMBLOB, MEDIUMTEXT, VARBINARY

INDEXED_BYTES = 1_024


def key(name: str = "id") -> Column[Any]:
    """A primary key made by the application."""
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def part(name: str) -> Column[Any]:
    """A small number that is part of a primary key."""
    return Column(name, Integer, primary_key=True, autoincrement=False)


def ref(name: str, *, null: bool = False, index: bool = False, unique: bool = False) -> Column[Any]:
    """Another row's id, of this module or a neighbour's; never a foreign key across modules."""
    return Column(name, BigInteger, nullable=null, index=index or None, unique=unique or None)


def amount(name: str, *, null: bool = False) -> Column[Any]:
    """Minor units of money."""
    return Column(name, BigInteger, nullable=null)


def at(name: str, *, null: bool = False, index: bool = False) -> Column[Any]:
    """A moment: milliseconds UTC."""
    return Column(name, BigInteger, nullable=null, index=index or None)


def count(name: str, *, null: bool = False) -> Column[Any]:
    """A small whole number: pieces, grams, a flag."""
    return Column(name, Integer, nullable=null)


def code(
    name: str,
    length: int = 32,
    *,
    null: bool = False,
    index: bool = False,
    unique: bool = False,
    primary_key: bool = False,
) -> Column[Any]:
    """A short text: a state, a code, a currency."""
    return Column(
        name, String(length), nullable=null, index=index or None, unique=unique or None, primary_key=primary_key
    )


def text(name: str, *, null: bool = False) -> Column[Any]:
    """A long text: up to 16 MB of UTF-8."""
    return Column(name, Text().with_variant(MEDIUMTEXT(), "mysql"), nullable=null)


def blob(
    name: str, length: int | None = None, *, null: bool = False, index: bool = False, unique: bool = False
) -> Column[Any]:
    """Bytes: a packed Struct, a hash, a ciphertext. Up to 1,024 bytes it may be indexed on every engine."""
    small = length is not None and length <= INDEXED_BYTES
    kind = LargeBinary(length).with_variant(VARBINARY(length) if small else MEDIUMBLOB(), "mysql")
    return Column(name, kind, nullable=null, index=index or None, unique=unique or None)
