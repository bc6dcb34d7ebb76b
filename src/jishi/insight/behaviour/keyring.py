"""The keys that make pseudonyms, one a period, in the database that overwrites what it deletes.

While a period lasts its key leads from a person to the person's pseudonym, so that somebody can be shown, and can erase,
what is kept. With the key gone nobody can: not from the pseudonym to the person, and not from one period to the next."""

from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from sqlalchemy import bindparam, delete, select

from jishi.kernel import Module, Statement, Tx
from jishi.kernel.columns import at, blob, key

DAY_MS = 86_400_000
PERIOD_DAYS = 90
KEY_BYTES, NAME_CHARS = 32, 24  # 96 bits of a pseudonym: two people never share one

module = Module("insight.keys")
keys = module.table("keys", key("period"), blob("secret", KEY_BYTES), at("made_at"))

OF = Statement(select(keys.c.secret).where(keys.c.period == bindparam("of")))
PUT = Statement(keys.insert(), "period", "secret", "made_at")
DESTROY = Statement(delete(keys).where(keys.c.period <= bindparam("last")))


def day_of(ms: int) -> int:
    return ms // DAY_MS


def period_of(ms: int) -> int:
    return ms // (PERIOD_DAYS * DAY_MS)


def ends_at(period: int) -> int:
    return (period + 1) * PERIOD_DAYS * DAY_MS


def pseudonym(secret: bytes, person_id: int) -> str:
    """HMAC-SHA-256 of the person's id under the period's key, cut to 96 bits."""
    return hmac.digest(secret, person_id.to_bytes(8, "big"), sha256).hex()[:NAME_CHARS]


def find(tx: Tx, period: int) -> bytes | None:
    row = tx.row(OF, of=period)
    return bytes(row[0]) if row else None


def make(tx: Tx, period: int) -> bytes:
    """The period's key: made once, whoever asks first. Real chance even in the simulator: no seed may tell a key."""
    tx.once(PUT, period=period, secret=secrets.token_bytes(KEY_BYTES), made_at=tx.now)
    return bytes(tx.row(OF, of=period)[0])


def destroy(tx: Tx, period: int) -> None:
    """The keys of this period and all before are gone."""
    tx.run(DESTROY, last=period)
