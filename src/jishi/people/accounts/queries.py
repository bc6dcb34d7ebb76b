"""Who is behind a token, and what a person may see of the own account."""

from __future__ import annotations

from jishi.kernel import Tx

from .face import Account, Me, SessionGone, SessionList
from .rules import SESSIONS_MAX, Person, Session, token_hash
from .tables import A_PERSON, A_SESSION, OWNER, SESSIONS


def who(tx: Tx, token: str) -> tuple[Session, int]:
    """The live session and the moment: one point read by primary key. Unknown and ended ones are `SessionGone` alike."""
    session = session_of(tx, token)
    if session is None:
        raise SessionGone
    return session, tx.now


def me(tx: Tx, query: Me) -> Account:
    row = tx.row(A_PERSON, person=tx.actor.id)
    if row is None:
        raise SessionGone
    return Person(*row).account()


def sessions(tx: Tx, current: int) -> SessionList:
    """The actor's live ones, last seen first."""
    rows = [Session(*r) for r in tx.rows(SESSIONS, person=tx.actor.id)]
    return SessionList([s.listed(current) for s in rows if s.lives(tx.now)][:SESSIONS_MAX])


def session_of(tx: Tx, token: str) -> Session | None:
    """The live session of the token, if there is one."""
    row = tx.row(A_SESSION, token=token_hash(token)) if token else None
    session = Session(*row) if row else None
    return session if session and session.lives(tx.now) else None


def owner_of(tx: Tx, email_print: str) -> int:
    """The account of the address, 0 if nobody's."""
    row = tx.row(OWNER, of=email_print)
    return row[0] if row else 0
