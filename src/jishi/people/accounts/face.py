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
    """A code of 6 digits goes to the address; the answer is the same whether it is known or not."""

    email: str


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


class SignIn(Struct, frozen=True):
    email: str
    password: str
    session_token: str = ""


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
    async def make_staff(self, ctx: Context, command: MakeStaff, /) -> Account: ...
