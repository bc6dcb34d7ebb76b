"""Who somebody is: guests, accounts, staff, and their sessions."""

from abc import abstractmethod

from msgspec import Struct

from jishi.kernel import Context, Event, Face, Fault


class OpenGuest(Struct, frozen=True):
    """A visitor who does something worth keeping (a cart) becomes a person without a name."""


class Visitor(Struct, frozen=True):
    """role: guest, buyer, clerk (merchant_id is its scope) or staff. `contact_card` is 0 for guests."""

    person_id: int
    session_id: int
    role: str
    merchant_id: int
    contact_card: int
    signed_in_at: int  # ms UTC, 0 for a guest; step-up compares it


class Opened(Struct, frozen=True):
    """`token` is shown once: only its hash is stored."""

    token: str
    expires_at: int
    visitor: Visitor


class Who(Struct, frozen=True):
    token: str


class AskCode(Struct, frozen=True):
    """A code of 6 digits goes to the e-mail address or the phone, whichever is told; the answer is the same whether it is
    known or not. `device` is what the browser is known by, "" for programs."""

    email: str = ""
    phone: str = ""
    device: str = ""


class CodeAsked(Struct, frozen=True):
    challenge_id: int
    expires_at: int
    again_at: int


class EnterCode(Struct, frozen=True):
    """Signs in, or signs up where the address is new: a guest's person, cart and orders then are the account's.

    `session_token` is the guest's own, if any; it ends here and the new one takes its place."""

    challenge_id: int
    code: str
    session_token: str = ""
    device: str = ""


class SignIn(Struct, frozen=True):
    email: str
    password: str
    session_token: str = ""
    device: str = ""


class SetPassword(Struct, frozen=True):
    """Needs a sign-in of this session (`Context.session`) not older than 5 minutes; every other session ends."""

    password: str


class SignOut(Struct, frozen=True):
    token: str


class Me(Struct, frozen=True):
    pass


class Account(Struct, frozen=True):
    person_id: int
    role: str
    merchant_id: int
    contact_card: int
    has_password: bool
    created_at: int


class Sessions(Struct, frozen=True):
    pass


class SessionRow(Struct, frozen=True):
    session_id: int
    opened_at: int
    seen_at: int
    agent: str  # browser family, never the whole header
    current: bool


class SessionList(Struct, frozen=True):
    rows: list[SessionRow]


class Revoke(Struct, frozen=True):
    """One of the asker's own; another's is not found."""

    session_id: int


class RevokeOthers(Struct, frozen=True):
    """Every session of the asker's but this one (`Context.session`) ends."""


class ContactsQuery(Struct, frozen=True):
    """The asker's own."""


class ContactRow(Struct, frozen=True):
    """A contact that was proved by a code. channel: email, sms."""

    channel: str
    card_id: int
    verified_at: int


class ContactList(Struct, frozen=True):
    rows: list[ContactRow]


class AskContact(Struct, frozen=True):
    """A code goes to the new e-mail address or phone of the asker. Needs a sign-in not older than 5 minutes."""

    email: str = ""
    phone: str = ""


class EnterContact(Struct, frozen=True):
    """The contact is the account's, in place of the one of its kind; the one before hears of it."""

    challenge_id: int
    code: str


class ProofsQuery(Struct, frozen=True):
    """For a module that decides about a claim. `owners`: persons of whom it asks whether they are guests still."""

    owners: list[int] = []


class Proofs(Struct, frozen=True):
    """Of the asker: fingerprints of verified contacts, and the guests who signed in as this account from their browser.
    `guests`: those of `owners` who are nobody's account."""

    contacts: list[str]
    browsers: list[int]
    guests: list[int]


class MakeStaff(Struct, frozen=True):
    """For the command line and the demo: an account with a role, and a password if given."""

    email: str
    role: str
    merchant_id: int = 0
    password: str = ""


class CodeExpired(Event, tag="people.accounts.code_expired", frozen=True):
    """A timer: the code's time is over, and an address that nobody confirmed is forgotten."""

    challenge_id: int


class SignedIn(Event, tag="people.accounts.signed_in", frozen=True):
    """`guest_id` is the guest person whose cart moves over; 0 when there is none or it is the same person."""

    person_id: int
    guest_id: int


class NewDevice(Event, tag="people.accounts.new_device", frozen=True):
    """An account that has been used before was entered from a device it does not know."""

    person_id: int
    session_id: int
    agent: str
    at: int
    locale: str
    market: str


class ContactChanged(Event, tag="people.accounts.contact_changed", frozen=True):
    """`old_card` 0: the account had none of this channel before."""

    person_id: int
    channel: str
    new_card: int
    old_card: int
    locale: str


class SessionGone(Fault, code="session.gone", status=401):
    pass


class NoSession(Fault, code="session.none", status=404):
    session_id: int


class WrongCode(Fault, code="code.wrong", status=422):
    left: int


class CodeSpent(Fault, code="code.spent", status=409):
    """Used, expired or tried too often: ask for a new one."""


class WrongPassword(Fault, code="password.wrong", status=422):
    """The same for an unknown address, at the same cost."""


class WeakPassword(Fault, code="password.weak", status=422):
    shortest: int


class TooOften(Fault, code="too_often", status=429):
    retry_after_s: int


class ContactTaken(Fault, code="contact.taken", status=409):
    """Another account signs in by it. Told only to who has proved that it is theirs."""


class StepUp(Fault, code="session.step_up", status=403):
    """Signed in too long ago for this."""


class Accounts(Face):
    name = "people.accounts"

    @abstractmethod
    async def open_guest(self, ctx: Context, command: OpenGuest, /) -> Opened: ...
    @abstractmethod
    async def who(self, ctx: Context, query: Who, /) -> Visitor: ...
    @abstractmethod
    async def ask_code(self, ctx: Context, command: AskCode, /) -> CodeAsked: ...
    @abstractmethod
    async def enter_code(self, ctx: Context, command: EnterCode, /) -> Opened: ...
    @abstractmethod
    async def sign_in(self, ctx: Context, command: SignIn, /) -> Opened: ...
    @abstractmethod
    async def set_password(self, ctx: Context, command: SetPassword, /) -> Account: ...
    @abstractmethod
    async def sign_out(self, ctx: Context, command: SignOut, /) -> None: ...
    @abstractmethod
    async def me(self, ctx: Context, query: Me, /) -> Account: ...
    @abstractmethod
    async def sessions(self, ctx: Context, query: Sessions, /) -> SessionList: ...
    @abstractmethod
    async def revoke(self, ctx: Context, command: Revoke, /) -> SessionList: ...
    @abstractmethod
    async def revoke_others(self, ctx: Context, command: RevokeOthers, /) -> SessionList: ...
    @abstractmethod
    async def contacts(self, ctx: Context, query: ContactsQuery, /) -> ContactList: ...
    @abstractmethod
    async def ask_contact(self, ctx: Context, command: AskContact, /) -> CodeAsked: ...
    @abstractmethod
    async def enter_contact(self, ctx: Context, command: EnterContact, /) -> ContactList: ...
    @abstractmethod
    async def proofs(self, ctx: Context, query: ProofsQuery, /) -> Proofs: ...
    @abstractmethod
    async def make_staff(self, ctx: Context, command: MakeStaff, /) -> Account: ...
