"""A card gateway in memory, for the simulator and tests: no HTTP, no clock but World's, delays through the loop.

It keeps what a real one keeps: an answer a number, one payment a page, refunds never above the payment; its notices
wait in `outbox` until somebody signs (`notice`) and delivers them, as often and in whatever order. What goes wrong is drawn from
`Plan` by World's chance, or planned call by call in `planned`."""

from __future__ import annotations

import asyncio
import hmac
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from msgspec import Struct

from jishi.kernel import World
from jishi.trade.payments import BadSignature, PaymentRefused, ProviderDown
from jishi.trade.payments.provider import AttemptRef, Begun, Capabilities, Looked, RefundLooked, Told

T = TypeVar("T")
TOLERANCE_MS = 300_000
MAX_OUTBOX = 100_000
DECLINED = {"declined": "card_declined", "insufficient": "insufficient_funds"}


class Note(Struct):
    """What a notice says. It is a hint: no amount in it is ever believed."""

    id: str
    number: str
    ref: str
    kind: str


class Notice(Struct):
    raw: bytes
    headers: dict[str, str]


@dataclass
class Plan:
    """Shares of 1. `drop`: done, but the answer is lost; `fail`: not done. Notices are lost or told twice."""

    drop: float = 0.0
    fail: float = 0.0
    lose: float = 0.0
    repeat: float = 0.0
    wrong_amount: float = 0.0
    late_refund: float = 0.0
    delay_ms: tuple[int, int] = (0, 0)


@dataclass
class Page:
    attempt: AttemptRef
    ref: str
    state: str = "open"  # as Looked
    payment: str = ""
    minor: int = 0
    currency: str = ""
    reason: str = ""


@dataclass
class Back:
    ref: str
    payment: str
    number: str
    minor: int
    state: str


@dataclass
class MemoryCard:
    """`authorise_first`: a paid page is authorised, and the money taken when it is asked for."""

    world: World
    plan: Plan = field(default_factory=Plan)
    code: str = "memory"
    method: str = "card"
    authorise_first: bool = False
    can: Capabilities = field(default_factory=lambda: Capabilities(authorise=True, part_capture=True))
    planned: deque[str] = field(default_factory=deque)  # drop, fail, ok: what becomes of the next calls
    secrets: list[bytes] = field(default_factory=list)  # the first signs; made from World's chance unless given
    pages: dict[str, Page] = field(default_factory=dict)  # by ref
    by_number: dict[str, str] = field(default_factory=dict)
    backs: dict[str, Back] = field(default_factory=dict)  # by our number
    disputed: set[str] = field(default_factory=set)
    outbox: deque[Note] = field(default_factory=lambda: deque(maxlen=MAX_OUTBOX))
    calls: int = 0
    serial: int = 0

    def __post_init__(self) -> None:
        self.secrets = self.secrets or [self.world.random.randbytes(32)]

    # --- Provider -----------------------------------------------------------------------------------------------------

    async def begin(self, attempt: AttemptRef) -> Begun:
        return await self._call(lambda: self._begin(attempt))

    async def look(self, attempt: AttemptRef) -> Looked:
        return await self._call(lambda: self._looked(attempt))

    async def capture(self, attempt: AttemptRef, payment: str, minor: int) -> Looked:
        return await self._call(lambda: self._capture(attempt))

    async def void(self, attempt: AttemptRef) -> Looked:
        return await self._call(lambda: self._void(attempt))

    async def refund(self, payment: str, number: str, minor: int, currency: str, reason: str) -> RefundLooked:
        return await self._call(lambda: self._refund(payment, number, minor))

    async def refund_state(self, number: str, ref: str) -> RefundLooked:
        return await self._call(lambda: self._returned(self.backs[number]))

    def verify(self, raw: bytes, headers: dict[str, str], now_ms: int) -> Told:
        signed, at = headers.get("signature", ""), headers.get("signed-at", "")
        if not signed or not at.isdigit():
            raise BadSignature(self.code, "missing")
        if not any(hmac.compare_digest(sign(key, raw, int(at)), signed) for key in self.secrets):
            raise BadSignature(self.code, "mismatch")
        if abs(now_ms - int(at)) > TOLERANCE_MS:
            raise BadSignature(self.code, "old")
        try:
            note = msgspec.json.decode(raw, type=Note)
        except msgspec.DecodeError as e:
            raise BadSignature(self.code, "unreadable") from e
        return Told(note.id, note.number, note.ref, note.kind)

    # --- what a buyer does --------------------------------------------------------------------------------------------

    def pay(self, ref: str, card: str = "ok") -> str:
        """The buyer pays on the page. card: ok, declined, insufficient, fails_later. Answers the page's state."""
        page = self.pages[ref]
        if page.state != "open" or self.world.now() >= page.attempt.expires_at:
            return page.state
        if card in DECLINED:
            page.reason = DECLINED[card]
            return page.state
        page.payment, page.reason = self._next("pi"), ""
        if card == "fails_later":
            page.state, page.reason = "failed", "payment_failed"
            self._tell(page, "payment.failed")
            return page.state
        page.minor, page.currency = page.attempt.minor, page.attempt.currency
        if self._happens(self.plan.wrong_amount):
            page.minor += 1
        page.state = "authorised" if self.authorise_first else "captured"
        self._tell(page, f"payment.{page.state}")
        return page.state

    def finish_refunds(self) -> None:
        """What was under way is done."""
        for back in self.backs.values():
            if back.state == "sent":
                back.state = "done"
                self._note(Note(self._next("evt"), back.number, "", "refund.done"))

    def notice(self, note: Note, at: int | None = None, key: bytes | None = None) -> Notice:
        """Signed now, as each delivery of a real gateway is."""
        raw, at = msgspec.json.encode(note), self.world.now() if at is None else at
        return Notice(raw, {"signature": sign(key or self.secrets[0], raw, at), "signed-at": str(at)})

    # --- inside -------------------------------------------------------------------------------------------------------

    def _begin(self, attempt: AttemptRef) -> Begun:
        if ref := self.by_number.get(attempt.number):
            known = self.pages[ref].attempt
            if (known.minor, known.currency) != (attempt.minor, attempt.currency):
                raise PaymentRefused(self.code, "idempotency")
        else:
            ref = self.by_number[attempt.number] = self._next("cs")
            self.pages[ref] = Page(attempt, ref)
        return Begun(ref, f"https://pay.example/{ref}", self.pages[ref].attempt.expires_at)

    def _page(self, attempt: AttemptRef) -> Page:
        if attempt.ref not in self.pages:
            raise PaymentRefused(self.code, "resource_missing")
        page = self.pages[attempt.ref]
        if page.state == "open" and self.world.now() >= page.attempt.expires_at:
            page.state = "expired"
        return page

    def _looked(self, attempt: AttemptRef) -> Looked:
        page = self._page(attempt)
        return Looked(page.state, page.payment, page.minor, page.currency, page.reason, page.attempt.number)

    def _capture(self, attempt: AttemptRef) -> Looked:
        page = self._page(attempt)
        if page.state == "authorised":
            page.state = "captured"
            self._tell(page, "payment.captured")
        return self._looked(attempt)

    def _void(self, attempt: AttemptRef) -> Looked:
        page = self._page(attempt)
        if page.state in ("open", "authorised"):
            page.state, page.minor = "expired", 0
        return self._looked(attempt)

    def _refund(self, payment: str, number: str, minor: int) -> RefundLooked:
        if back := self.backs.get(number):
            return self._returned(back)
        page = next(p for p in self.pages.values() if p.payment == payment)
        given = sum(b.minor for b in self.backs.values() if b.payment == payment and b.state != "refused")
        if payment in self.disputed:
            return RefundLooked("refused", "", "charge_disputed")
        if given + minor > page.minor:
            return RefundLooked("refused", "", "charge_already_refunded")
        state = "sent" if self._happens(self.plan.late_refund) else "done"
        back = self.backs[number] = Back(self._next("re"), payment, number, minor, state)
        if state == "done":
            self._note(Note(self._next("evt"), number, "", "refund.done"))
        return self._returned(back)

    @staticmethod
    def _returned(back: Back) -> RefundLooked:
        return RefundLooked(back.state, back.ref)

    async def _call(self, act: Callable[[], T]) -> T:
        """Late, lost before or lost after, as planned; what was done stays done."""
        self.calls += 1
        low, high = self.plan.delay_ms
        if high:
            await asyncio.sleep(self.world.random.randint(low, high) / 1000)
        fate = self.planned.popleft() if self.planned else ""
        if fate == "fail" or (not fate and self._happens(self.plan.fail)):
            raise ProviderDown(self.code)
        done = act()
        if fate == "drop" or (not fate and self._happens(self.plan.drop)):
            raise ProviderDown(self.code)
        return done

    def _tell(self, page: Page, kind: str) -> None:
        self._note(Note(self._next("evt"), page.attempt.number, page.ref, kind))

    def _note(self, note: Note) -> None:
        if self._happens(self.plan.lose):
            return
        self.outbox.append(note)
        if self._happens(self.plan.repeat):
            self.outbox.append(note)

    def _happens(self, share: float) -> bool:
        return share > 0 and self.world.random.random() < share

    def _next(self, kind: str) -> str:
        self.serial += 1
        return f"{kind}_{self.serial:06d}"


def sign(key: bytes, raw: bytes, at: int) -> str:
    return hmac.new(key, b"%d." % at + raw, "sha256").hexdigest()
