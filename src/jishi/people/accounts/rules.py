"""Tokens, codes and how long a session lives. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
from random import Random
from typing import NamedTuple

from .face import Account, Opened, SessionRow, Visitor

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
CODE_DIGITS, CODE_MS, CODE_TRIES = 6, 10 * MINUTE, 5
TOKEN_BYTES, TOKEN_MAX = 16, 64
STEP_UP_MS = 5 * MINUTE
SESSIONS_MAX = 50  # a person; the ones unseen for longest end first
GENES = 16
ROLES = ("buyer", "clerk", "staff")  # of accounts


class Life(NamedTuple):
    """Milliseconds: a session ends unseen for `idle`, and at `whole` in any case. `seen` is how exactly that is known."""

    idle: int
    whole: int
    seen: int


CUSTOMER, HOUSE = Life(14 * DAY, 90 * DAY, HOUR), Life(30 * MINUTE, 12 * HOUR, 5 * MINUTE)
LIVES = {"guest": Life(90 * DAY, 90 * DAY, HOUR), "buyer": CUSTOMER, "clerk": HOUSE, "staff": HOUSE}


class Person(NamedTuple):
    """A row of persons."""

    id: int
    role: str
    merchant_id: int
    contact_card: int
    password: str
    created_at: int

    def account(self) -> Account:
        return Account(self.id, self.role, self.merchant_id, self.contact_card, bool(self.password), self.created_at)


class Session(NamedTuple):
    """A row of sessions. The token itself is nowhere."""

    token_hash: str
    id: int
    person_id: int
    role: str
    merchant_id: int
    contact_card: int
    opened_at: int
    signed_in_at: int
    seen_at: int
    ends_at: int
    agent: str

    def lives(self, now: int) -> bool:
        return now < self.ends_at and now - self.seen_at < LIVES[self.role].idle

    def visitor(self) -> Visitor:
        return Visitor(self.person_id, self.id, self.role, self.merchant_id, self.contact_card, self.signed_in_at)

    def listed(self, current: int) -> SessionRow:
        return SessionRow(self.id, self.opened_at, self.seen_at, self.agent, self.id == current)


class Challenge(NamedTuple):
    """A row of challenges."""

    id: int
    email_print: str
    person_id: int
    card_id: int
    code_hash: str
    expires_at: int
    tries: int
    used_at: int

    def open(self, now: int) -> bool:
        return not self.used_at and now < self.expires_at


def opened(token: str, session: Session) -> Opened:
    return Opened(token, session.ends_at, session.visitor())


def new_token(chance: Random) -> str:
    """128 random bits for a cookie."""
    return base64.urlsafe_b64encode(chance.randbytes(TOKEN_BYTES)).decode().rstrip("=")


def token_hash(token: str) -> str:
    """A token has 128 bits of chance: a quick hash is enough. One that cannot be ours hashes too, and is not found."""
    return hashlib.sha256(token[:TOKEN_MAX].encode(errors="replace")).hexdigest()


def device_hash(device: str) -> str:
    """What a browser is known by has chance enough for a quick hash; "" stays ""."""
    return hashlib.sha256(device[:TOKEN_MAX].encode(errors="replace")).hexdigest() if device else ""


def new_code(chance: Random) -> str:
    return f"{chance.randrange(10**CODE_DIGITS):0{CODE_DIGITS}}"


def code_hash(pepper: bytes, challenge_id: int, code: str) -> str:
    """Bound to its challenge: equal codes have unequal hashes."""
    return hmac.digest(pepper, f"{challenge_id}:{code}".encode(errors="replace"), "sha256").hex()


def same_code(typed: str) -> str:
    """What people paste: spaces and hyphens within are not meant."""
    return "".join(c for c in typed[:TOKEN_MAX] if c not in " -\u00a0\u3000")
