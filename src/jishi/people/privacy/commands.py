"""Units of consent: a choice and its record are one transaction."""

from __future__ import annotations

from collections.abc import Mapping

from jishi.kernel import FieldError, Invalid, Tx
from jishi.people.accounts import SignedIn
from jishi.people.vault import CardsErased

from .face import (
    LOOK_MAX,
    PURPOSES,
    TEXT,
    Choice,
    Choices,
    ChoicesMoved,
    Choose,
    ConsentChanged,
    Given,
    Look,
    MyChoices,
    MyRecord,
    Record,
    UnknownPurpose,
)
from .tables import FORGET, GIVEN, GONE, GONE_STALE, LOCK, OF, OLD, PUT, RECORD, SET, STALE, WRITE

DAY_MS = 86_400_000
RENEW_MS = 395 * DAY_MS  # 13 months: then a choice is asked for again (`reliability` of the plan: 6 to 13)
PROOF_MS = 3 * 365 * DAY_MS  # records are kept so long
HOWS = ("banner", "page", "feed", "signal")
SWEEP_ONE_IN = 32  # of the choices, each clears away up to 16 old rows of both tables


def choose(tx: Tx, cmd: Choose) -> Choices:
    """The choices hold from this moment and are on record; one that says what holds already changes nothing."""
    if unknown := next((p for p in cmd.given if p not in PURPOSES), None):
        raise UnknownPurpose(unknown[:32])
    wrong = [FieldError("how", "choice.unknown")] if cmd.how not in HOWS else []
    wrong += [FieldError("text", "choice.unknown")] if cmd.text != TEXT else []
    wrong += [FieldError("person", "required")] if not tx.actor.id else []
    if wrong:
        raise Invalid(wrong)
    known = _locked(tx, tx.actor.id)
    _set(tx, tx.actor.id, known, cmd.given, cmd.text, cmd.how)
    if not tx.random.randrange(SWEEP_ONE_IN):
        sweep(tx)
    return view(list(known.values()), tx.now)


def _locked(tx: Tx, person_id: int) -> dict[str, Choice]:
    return {r[0]: _choice(r) for r in tx.rows(LOCK, person=person_id)}


def _choice(row: tuple[str, int, str, int, str]) -> Choice:
    purpose, given, text, at, how = row
    return Choice(purpose, bool(given), text, at, how)


def _set(tx: Tx, person_id: int, known: dict[str, Choice], wished: Mapping[str, bool], text: str, how: str) -> None:
    before, changed = _given(known, tx.now), False
    for purpose, given in sorted(wished.items()):
        had = known.get(purpose)
        if had and had.given == given and had.text == text and _lives(had, tx.now):
            continue
        known[purpose] = Choice(purpose, given, text, tx.now, how)
        row = dict(person_id=person_id, purpose=purpose, given=int(given), text=text, at=tx.now, how=how)
        if tx.once(PUT, **row) or tx.run(
            SET,
            person=person_id,
            of=purpose,
            yes=int(given),
            wording=text,
            now=tx.now,
            way=how,
            since=tx.now - RENEW_MS,
        ):
            tx.run(WRITE, id=tx.new_id(), **row)
            changed = True
    if changed and before != (after := _given(known, tx.now)):
        tx.emit(ConsentChanged(person_id, sorted(after), sorted(before - after)))


def _given(known: Mapping[str, Choice], now: int) -> set[str]:
    return {p for p, c in known.items() if c.given and _lives(c, now)}


def _lives(choice: Choice, now: int) -> bool:
    return choice.at > now - RENEW_MS


def view(rows: list[Choice], now: int) -> Choices:
    live = sorted((c for c in rows if _lives(c, now)), key=lambda c: PURPOSES.index(c.purpose))
    return Choices(live, {c.purpose for c in live if c.text == TEXT} == set(PURPOSES))


def choices(tx: Tx, query: MyChoices) -> Choices:
    """One read by primary key."""
    return view([_choice(r) for r in tx.rows(OF, person=tx.actor.id)] if tx.actor.id else [], tx.now)


def record(tx: Tx, query: MyRecord) -> Record:
    return Record([_choice(r) for r in tx.rows(RECORD, person=tx.actor.id, limit=max(1, min(query.limit, 100)))])


def look(tx: Tx, query: Look) -> Given:
    if len(query.person_ids) > LOOK_MAX:
        raise Invalid([FieldError("person_ids", "list.long", {"max": str(LOOK_MAX)})])
    found: dict[int, list[str]] = {}
    if query.person_ids:
        for person_id, purpose in tx.rows(GIVEN, people=sorted(set(query.person_ids)), since=tx.now - RENEW_MS):
            found.setdefault(person_id, []).append(purpose)
    return Given(found)


def merge(tx: Tx, event: SignedIn) -> None:
    """A guest's choices come along into the account. Where both decided and differ, no wins.

    Consent is only what was meant without doubt (GDPR art. 4 (11), PIPL art. 14): who said no in this browser or in the
    account has said no, and to say yes again is one click; the other way round we would have to guess."""
    if not event.guest_id or event.guest_id == event.person_id:
        return
    locked = {p: _locked(tx, p) for p in sorted((event.guest_id, event.person_id))}  # one order everywhere: no deadlock
    theirs, ours = locked[event.guest_id], locked[event.person_id]
    for c in sorted(theirs.values(), key=lambda c: c.purpose):
        had = ours.get(c.purpose)
        if _lives(c, tx.now) and (had is None or not _lives(had, tx.now) or (had.given and not c.given)):
            _set(tx, event.person_id, ours, {c.purpose: c.given}, c.text, "sign_in")
    tx.run(GONE, person=event.guest_id)
    tx.emit(ChoicesMoved(event.person_id, event.guest_id))


def erased(tx: Tx, event: CardsErased) -> None:
    """Who is erased gives nothing any more; the record stays as its proof, without a person behind the number."""
    if event.purpose != "account":
        return
    known = _locked(tx, event.person_id)
    _set(tx, event.person_id, known, {p: False for p, c in known.items() if c.given}, TEXT, "erasure")


def sweep(tx: Tx) -> None:
    """Up to 16 records beyond their term are gone, and as many choices that no longer hold."""
    if ids := [r[0] for r in tx.rows(OLD, before=tx.now - PROOF_MS)]:
        tx.run(FORGET, ids=ids)
    if people := sorted({r[0] for r in tx.rows(STALE, before=tx.now - RENEW_MS)}):
        tx.run(GONE_STALE, people=people, before=tx.now - RENEW_MS)
