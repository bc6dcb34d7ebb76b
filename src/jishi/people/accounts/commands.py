"""What writes persons, codes and sessions: each function is one transaction."""

from __future__ import annotations

import hmac
from typing import NamedTuple

from jishi.kernel import Tx
from jishi.people.vault import CardsErased

from .contacts import keep_contact, remember_browser, strange_device
from .face import (
    Account,
    CodeExpired,
    CodeSpent,
    MakeStaff,
    NewDevice,
    NoSession,
    Opened,
    SignedIn,
    StepUp,
    WrongPassword,
)
from .limits import (
    CODE_AGAIN,
    CODE_DAY,
    CODE_DEVICE,
    CODE_HOUR,
    CODE_NETWORK,
    ENTER_NETWORK,
    GUESS_DAY,
    GUESS_NETWORK,
    GUEST_NETWORK,
    SMS_DAY,
    SMS_DEVICE,
    SMS_HOUR,
    SMS_NETWORK,
    charge,
    charge_guess,
    forgive,
    take_back,
    take_back_guess,
)
from .queries import owner_of, session_of
from .rules import (
    CODE_MS,
    CODE_TRIES,
    GENES,
    LIVES,
    SESSIONS_MAX,
    STEP_UP_MS,
    Challenge,
    Person,
    Session,
    code_hash,
    new_code,
    new_token,
    opened,
    token_hash,
)
from .tables import (
    A_CHALLENGE,
    A_PERSON,
    AN_AIM,
    END_ADDRESSES,
    END_AIM,
    END_BROWSERS,
    END_CONTACTS,
    END_DEVICES,
    END_OTHERS,
    END_OWN,
    END_SESSION,
    END_THESE,
    FORGET,
    LOCK_PERSON,
    OVER,
    PUT_ADDRESS,
    PUT_AIM,
    PUT_CHALLENGE,
    PUT_PERSON,
    PUT_SESSION,
    SEEN,
    SESSIONS,
    SET_PASSWORD,
    TRY,
    TURN,
    USE,
)


class Caller(NamedTuple):
    """What of the context the units look at."""

    network: str = ""
    agent: str = ""
    session: int = 0
    device: str = ""  # a hash of what the browser is known by, "" for programs
    locale: str = "zh-CN"
    market: str = "CN"


class Wish(NamedTuple):
    """Where a code goes. `person_id` 0: it signs in; else it is to be a contact of that account."""

    print: str
    channel: str = "email"
    person_id: int = 0


class Asked(NamedTuple):
    challenge: Challenge
    code: str


class Tried(NamedTuple):
    """`left` tries after a wrong code; -1: it was right. `home` is the guest who will be the account, else 0."""

    left: int
    challenge: Challenge
    home: int
    home_card: int
    channel: str = "email"
    person_id: int = 0  # whose contact it is to be, 0 for signing in


class Enter(NamedTuple):
    challenge_id: int
    person_id: int  # who becomes the account if the address is new, and that person's card of it
    card_id: int
    token: str
    caller: Caller
    channel: str = "email"


class Passed(NamedTuple):
    email_print: str
    stored: str
    fresh: str  # the same password under today's parameters, "" if nothing changed
    token: str
    caller: Caller


class Made(NamedTuple):
    cmd: MakeStaff
    email_print: str
    person_id: int  # both used only when nobody has the address
    card_id: int
    hashed: str


def open_guest(tx: Tx, caller: Caller) -> Opened:
    """A person without a name, and the session that is it."""
    charge(tx, GUEST_NETWORK, caller.network)
    person = Person(new_person_id(tx), "guest", 0, 0, "", tx.now)
    tx.run(PUT_PERSON, **person._asdict())
    return open_session(tx, person, caller, signed_in_at=0)


def open_challenge(tx: Tx, wish: Wish, caller: Caller, pepper: bytes) -> Asked:
    """A code for the address or phone, within the limits of it, of network and device; whether it is known is not even
    looked at. For a contact of one's own account the session must be fresh."""
    email_print, sms = wish.print, wish.channel == "sms"
    if wish.person_id:
        check_step_up(tx, caller.session)
    for limit in (CODE_NETWORK, SMS_NETWORK) if sms else (CODE_NETWORK,):
        charge(tx, limit, caller.network)
    charge(tx, SMS_DEVICE if sms else CODE_DEVICE, caller.device)
    for limit in (CODE_AGAIN, SMS_HOUR, SMS_DAY) if sms else (CODE_AGAIN, CODE_HOUR, CODE_DAY):
        charge(tx, limit, email_print)
    code, id = new_code(tx.random), tx.new_id()
    hashed = code_hash(pepper, id, code)
    challenge = Challenge(id, email_print, new_person_id(tx), tx.new_id(), hashed, tx.now + CODE_MS, 0, 0)
    tx.run(PUT_CHALLENGE, **challenge._asdict())
    if sms or wish.person_id:
        tx.run(PUT_AIM, challenge_id=id, channel=wish.channel, person_id=wish.person_id)
    tx.emit(CodeExpired(id), due_at=challenge.expires_at)
    return Asked(challenge, code)


def take_back_challenge(tx: Tx, challenge: Challenge) -> None:
    """The mail was not taken: the next ask need not wait."""
    tx.run(USE, challenge=challenge.id, moment=tx.now)
    take_back(tx, CODE_AGAIN, challenge.email_print)


def try_code(tx: Tx, challenge_id: int, code: str, token: str, caller: Caller, pepper: bytes, own: int = 0) -> Tried:
    """One of 5 tries is spent, whatever comes of it; the code itself is spent by `enter`, so a crash between costs a try.
    `own`: the account whose contact it is to prove; a code for that signs nobody in, and the other way round."""
    charge(tx, ENTER_NETWORK, caller.network)
    challenge = challenge_of(tx, challenge_id)
    if not challenge.open(tx.now) or challenge.tries >= CODE_TRIES:
        raise CodeSpent
    tx.run(TRY, challenge=challenge_id)
    if not hmac.compare_digest(challenge.code_hash, code_hash(pepper, challenge_id, code)):
        return Tried(CODE_TRIES - challenge.tries - 1, challenge, 0, 0)
    channel, person_id = aim_of(tx, challenge_id)
    if person_id != own:
        raise CodeSpent
    guest = session_of(tx, token) if not person_id else None
    home = guest is not None and guest.role == "guest" and owner_of(tx, challenge.email_print) == 0
    if guest and home:
        return Tried(-1, challenge, guest.person_id, tx.new_id(), channel)
    return Tried(-1, challenge, 0, tx.new_id() if person_id else 0, channel, person_id)


def aim_of(tx: Tx, challenge_id: int) -> tuple[str, int]:
    """(channel, whose contact or 0)."""
    row = tx.row(AN_AIM, challenge=challenge_id)
    return (row[0], row[1]) if row else ("email", 0)


def enter(tx: Tx, cmd: Enter) -> Opened:
    """The code is spent and its bearer is in: as the account of the address, or as a new one."""
    challenge = challenge_of(tx, cmd.challenge_id)
    if not challenge.open(tx.now):
        raise CodeSpent
    tx.run(USE, challenge=challenge.id, moment=tx.now)
    before = session_of(tx, cmd.token)
    if tx.once(PUT_ADDRESS, email_print=challenge.email_print, person_id=cmd.person_id):
        person = sign_up(tx, cmd, challenge)
    else:
        person = person_of(tx, owner_of(tx, challenge.email_print))
    forgive(tx, challenge.email_print)
    keep_contact(tx, person.id, cmd.channel, person.contact_card, challenge.email_print)
    return sign_in(tx, person, before, cmd.caller)


def sign_up(tx: Tx, cmd: Enter, challenge: Challenge) -> Person:
    """The guest becomes the account, or a new person does; orders and cart of a guest stay where they are."""
    person = Person(cmd.person_id, "buyer", 0, cmd.card_id, "", tx.now)
    if cmd.person_id == challenge.person_id:
        tx.run(PUT_PERSON, **person._asdict())
        return person
    if tx.run(TURN, person=cmd.person_id, was="guest", to="buyer", scope=0, card=cmd.card_id) != 1:
        raise CodeSpent  # the guest became an account of another address in this moment
    return person_of(tx, cmd.person_id)


def sign_in(tx: Tx, person: Person, before: Session | None, caller: Caller) -> Opened:
    """A new session in place of the one before: what was set in a browser beforehand is worth nothing afterwards."""
    if before:
        tx.run(END_SESSION, token=before.token_hash)
    guest = before.person_id if before and before.role == "guest" and before.person_id != person.id else 0
    if guest:
        remember_browser(tx, person.id, guest)
    tx.emit(SignedIn(person.id, guest))
    opened = open_session(tx, person, caller, signed_in_at=tx.now)
    if strange_device(tx, person.id, caller.device or f"program:{caller.agent[:32]}", caller.agent[:32]):
        tx.emit(
            NewDevice(person.id, opened.visitor.session_id, caller.agent[:32], tx.now, caller.locale, caller.market)
        )
    return opened


def gate(tx: Tx, email_print: str, caller: Caller) -> str:
    """The guess is counted before it is looked at. Answers the stored hash, "" for an unknown address or no password."""
    charge(tx, GUESS_NETWORK, caller.network)
    charge(tx, GUESS_DAY, email_print)
    charge_guess(tx, email_print)
    owner = owner_of(tx, email_print)
    return person_of(tx, owner).password if owner else ""


def ungate(tx: Tx, email_print: str) -> None:
    take_back_guess(tx, email_print)


def pass_gate(tx: Tx, cmd: Passed) -> Opened:
    """The password was right, and is still the person's."""
    person = person_of(tx, owner_of(tx, cmd.email_print))
    if person.password != cmd.stored:
        raise WrongPassword
    if cmd.fresh:
        tx.run(SET_PASSWORD, person=person.id, was=cmd.stored, hashed=cmd.fresh)
    forgive(tx, cmd.email_print)
    return sign_in(tx, person, session_of(tx, cmd.token), cmd.caller)


def check_step_up(tx: Tx, session_id: int) -> None:
    """This very session of the actor signed in at most 5 minutes ago."""
    for row in tx.rows(SESSIONS, person=tx.actor.id):
        session = Session(*row)
        if session.id == session_id and session.lives(tx.now) and tx.now - session.signed_in_at <= STEP_UP_MS:
            return
    raise StepUp


def set_password(tx: Tx, hashed: str, session_id: int) -> Account:
    """The password is new and every other session of the person is over."""
    check_step_up(tx, session_id)
    person = person_of(tx, tx.actor.id)
    tx.run(SET_PASSWORD, person=person.id, was=person.password, hashed=hashed)
    tx.run(END_OTHERS, person=person.id, but=session_id)
    return person._replace(password=hashed).account()


def touch(tx: Tx, hashed_token: str) -> None:
    tx.run(SEEN, token=hashed_token, now=tx.now, moment=tx.now)


def sign_out(tx: Tx, token: str) -> None:
    tx.run(END_SESSION, token=token_hash(token))


def revoke(tx: Tx, session_id: int) -> None:
    if tx.run(END_OWN, session=session_id, person=tx.actor.id) != 1:
        raise NoSession(session_id)


def revoke_others(tx: Tx, session_id: int) -> None:
    """Nobody else is signed in as the actor; a session that is not the actor's own ends nothing."""
    if not any(Session(*r).id == session_id for r in tx.rows(SESSIONS, person=tx.actor.id)):
        raise NoSession(session_id)
    tx.run(END_OTHERS, person=tx.actor.id, but=session_id)


def make_staff(tx: Tx, made: Made) -> Account:
    """The account of the address has the role, and the password if one was told; what changes ends its sessions."""
    cmd = made.cmd
    if tx.once(PUT_ADDRESS, email_print=made.email_print, person_id=made.person_id):
        person = Person(made.person_id, cmd.role, cmd.merchant_id, made.card_id, made.hashed, tx.now)
        tx.run(PUT_PERSON, **person._asdict())
        return person.account()
    person = person_of(tx, owner_of(tx, made.email_print))
    became = person._replace(role=cmd.role, merchant_id=cmd.merchant_id, password=made.hashed or person.password)
    tx.run(TURN, person=person.id, was=person.role, to=cmd.role, scope=cmd.merchant_id, card=person.contact_card)
    tx.run(SET_PASSWORD, person=person.id, was=person.password, hashed=became.password)
    if became != person:
        tx.run(END_OTHERS, person=person.id, but=0)
    return became.account()


def expire_code(tx: Tx, challenge_id: int) -> int:
    """The code opens nothing any more. Answers the person whose card of the address nobody needs, 0 if it is an account's."""
    row = tx.row(A_CHALLENGE, challenge=challenge_id)
    if row is None:
        return 0
    challenge = Challenge(*row)
    tx.run(USE, challenge=challenge_id, moment=tx.now)
    return 0 if tx.row(A_PERSON, person=challenge.person_id) else challenge.person_id


def forget_code(tx: Tx, challenge_id: int) -> None:
    tx.run(END_AIM, challenge=challenge_id)
    tx.run(FORGET, challenge=challenge_id)


def close_account(tx: Tx, event: CardsErased) -> None:
    """Whose account data is erased has no account: address free, sessions over, nothing left to sign in with."""
    if event.purpose != "account" or (row := tx.row(LOCK_PERSON, person=event.person_id)) is None:
        return
    person = Person(*row)
    tx.run(END_ADDRESSES, person=person.id)
    tx.run(END_CONTACTS, person=person.id)
    tx.run(END_DEVICES, person=person.id)
    tx.run(END_BROWSERS, person=person.id, now=tx.now)
    tx.run(END_OTHERS, person=person.id, but=0)
    tx.run(SET_PASSWORD, person=person.id, was=person.password, hashed="")
    tx.run(TURN, person=person.id, was=person.role, to="closed", scope=0, card=0)


def open_session(tx: Tx, person: Person, caller: Caller, signed_in_at: int) -> Opened:
    """A session under a token that only the caller will know. Sessions that are over, and those beyond 50, go."""
    token = new_token(tx.random)
    session = Session(
        token_hash(token), tx.new_id(), person.id, person.role, person.merchant_id, person.contact_card,
        tx.now, signed_in_at, tx.now, tx.now + LIVES[person.role].whole, caller.agent[:32],
    )  # fmt: skip
    over = [r[0] for r in tx.rows(OVER, now=tx.now)]
    if signed_in_at:
        over += [Session(*r).id for r in tx.rows(SESSIONS, person=person.id)[SESSIONS_MAX - 1 :]]
    if over:
        tx.run(END_THESE, ids=sorted(set(over))[:256])
    tx.run(PUT_SESSION, **session._asdict())
    return opened(token, session)


def challenge_of(tx: Tx, id: int) -> Challenge:
    row = tx.row(A_CHALLENGE, challenge=id)
    if row is None:
        raise CodeSpent
    return Challenge(*row)


def person_of(tx: Tx, id: int) -> Person:
    row = tx.row(LOCK_PERSON, person=id)
    if row is None:
        raise WrongPassword  # closed in this moment
    return Person(*row)


def new_person_id(tx: Tx) -> int:
    """The gene is the person's: orders carry it, so that both lie on one shard."""
    id: int = tx.new_id(tx.random.randrange(GENES))
    return id
