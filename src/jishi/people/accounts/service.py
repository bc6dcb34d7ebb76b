"""Signing up and in. The vault keeps the address, notices carry the code, the slow hash has threads of its own."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from jishi.kernel import (
    SYSTEM,
    Context,
    Database,
    FieldError,
    Grants,
    Handler,
    Invalid,
    Service,
    Unavailable,
    World,
    reads,
)
from jishi.people.notices import Notices, NotSent, Send
from jishi.people.vault import CardsErased, Erase, Find, KeepCard, Show, Vault

from . import commands, queries
from .commands import Asked, Caller, Enter, Made, Passed, Tried
from .face import (
    Account,
    Accounts,
    AskCode,
    CodeAsked,
    CodeExpired,
    EnterCode,
    MakeStaff,
    Opened,
    OpenGuest,
    Revoke,
    SessionList,
    Sessions,
    SetPassword,
    SignIn,
    SignOut,
    TooOften,
    Visitor,
    Who,
    WrongCode,
    WrongPassword,
)
from .limits import CODE_AGAIN
from .passwords import Argon2, Hasher, normal, strong
from .rules import CODE_MS, GENES, LIVES, MINUTE, ROLES, Session, same_code

OPEN, SIGN_IN, SELF = "people:session:open", "people:account:sign_in", "people:account:self"
MAKE_STAFF = "people:account:make_staff"


class AccountsService(Service, Accounts):
    """`hasher` is the slow hash. `pepper` keys the hashes of codes, so that who reads the table cannot count them out."""

    def __init__(
        self,
        db: Database,
        grants: Grants,
        vault: Vault,
        notices: Notices,
        world: World,
        *,
        hasher: Hasher | None = None,
        pepper: bytes = b"",
    ) -> None:
        super().__init__(db, grants)
        self.vault, self.notices, self.world, self.pepper = vault, notices, world, pepper
        self.hasher = hasher or Argon2(world.random)

    me = reads(queries.me, needs=SELF)

    def handlers(self) -> Sequence[Handler]:
        return [
            Handler(self.db, CodeExpired, story=self.forget_code),
            Handler(self.db, CardsErased, unit=commands.close_account),
        ]

    async def open_guest(self, ctx: Context, command: OpenGuest, /) -> Opened:
        self.check(ctx, OPEN)
        guest: Opened = await self.db.write(ctx, commands.open_guest, caller(ctx))
        return guest

    async def who(self, ctx: Context, query: Who, /) -> Visitor:
        """One point read; the session is marked as seen at most once an hour (staff: 5 minutes)."""
        self.check(ctx, OPEN)
        found: tuple[Session, int] = await self.db.read(ctx, queries.who, query.token)
        session, now = found
        if now - session.seen_at >= LIVES[session.role].seen:
            await self.db.write(ctx, commands.touch, session.token_hash)
        return session.visitor()

    async def ask_code(self, ctx: Context, command: AskCode, /) -> CodeAsked:
        """A code is on its way, by the same steps whether the address is known or not.

        The address is kept as the card of a person to be; it is erased when the code's time is over and nobody signed up."""
        self.check(ctx, SIGN_IN)
        house, print = house_of(ctx), await self._print(ctx, command.email)
        asked: Asked = await self.db.write(ctx, commands.open_challenge, print, caller(ctx), self.pepper)
        it = asked.challenge
        try:
            await self.vault.keep(
                house, KeepCard(it.card_id, it.person_id, "contact", "account", {"email": command.email})
            )
            minutes = {"minutes": str(CODE_MS // MINUTE)}
            await self.notices.send(
                house, Send(f"code:{it.id}", it.card_id, "sign_in_code", minutes, {"code": asked.code})
            )
        except (NotSent, Unavailable):
            await self.db.write(ctx, commands.take_back_challenge, it)
            raise
        return CodeAsked(it.id, it.expires_at, self.world.now() + CODE_AGAIN.window_ms)

    async def enter_code(self, ctx: Context, command: EnterCode, /) -> Opened:
        """Try the code → a new address goes home to the guest who becomes the account → spend the code, open the session."""
        self.check(ctx, SIGN_IN)
        tried: Tried = await self.db.write(
            ctx,
            commands.try_code,
            command.challenge_id,
            same_code(command.code),
            command.session_token,
            caller(ctx),
            self.pepper,
        )
        if tried.left >= 0:
            raise WrongCode(tried.left)
        house, it = house_of(ctx), tried.challenge
        person, card = it.person_id, it.card_id
        if tried.home:
            shown = await self.vault.show(house, Show([it.card_id], "sign_up"))
            person, card = tried.home, tried.home_card
            await self.vault.keep(house, KeepCard(card, person, "contact", "account", shown.cards[0].fields))
        opened: Opened = await self.db.write(
            ctx, commands.enter, Enter(it.id, person, card, command.session_token, caller(ctx))
        )
        for spare in {it.person_id, person} - {opened.visitor.person_id}:
            await self.vault.erase(house, Erase(spare, "account"))
        return opened

    async def sign_in(self, ctx: Context, command: SignIn, /) -> Opened:
        """Exactly one slow hash, whoever asks and whatever is known of the address."""
        self.check(ctx, SIGN_IN)
        typed, print = normal(command.password), await self._print(ctx, command.email)
        stored: str = await self.db.write(ctx, commands.gate, print, caller(ctx))
        try:
            right = await self.hasher.verify(stored or self.hasher.dummy, typed)
        except TooOften:
            await self.db.write(ctx, commands.ungate, print)
            raise
        if not (stored and right):
            raise WrongPassword
        fresh = await self.hasher.hash(typed) if self.hasher.stale(stored) else ""
        opened: Opened = await self.db.write(
            ctx, commands.pass_gate, Passed(print, stored, fresh, command.session_token, caller(ctx))
        )
        return opened

    async def set_password(self, ctx: Context, command: SetPassword, /) -> Account:
        self.check(ctx, SELF)
        whole = strong(command.password)
        await self.db.read(ctx, commands.check_step_up, ctx.session)  # before the slow hash, and again with the write
        hashed = await self.hasher.hash(whole)
        account: Account = await self.db.write(ctx, commands.set_password, hashed, ctx.session)
        return account

    async def sign_out(self, ctx: Context, command: SignOut, /) -> None:
        self.check(ctx, OPEN)
        await self.db.write(ctx, commands.sign_out, command.token)

    async def sessions(self, ctx: Context, query: Sessions, /) -> SessionList:
        self.check(ctx, SELF)
        found: SessionList = await self.db.read(ctx, queries.sessions, ctx.session)
        return found

    async def revoke(self, ctx: Context, command: Revoke, /) -> SessionList:
        self.check(ctx, SELF)
        await self.db.write(ctx, commands.revoke, command.session_id)
        left: SessionList = await self.db.read(ctx, queries.sessions, ctx.session)
        return left

    async def make_staff(self, ctx: Context, command: MakeStaff, /) -> Account:
        self.check(ctx, MAKE_STAFF)
        if command.role not in ROLES or (command.role == "clerk") != (command.merchant_id > 0):
            raise Invalid([FieldError("role", "choice.unknown")])
        hashed = await self.hasher.hash(strong(command.password)) if command.password else ""
        house, print = house_of(ctx), await self._print(ctx, command.email)
        person, card = await self.db.read(ctx, queries.owner_of, print), 0
        if not person:
            person, card = self.world.new_id(self.world.random.randrange(GENES)), self.world.new_id()
            await self.vault.keep(house, KeepCard(card, person, "contact", "account", {"email": command.email}))
        account: Account = await self.db.write(ctx, commands.make_staff, Made(command, print, person, card, hashed))
        if account.person_id != person:
            await self.vault.erase(house, Erase(person, "account"))
        return account

    async def forget_code(self, ctx: Context, event: CodeExpired) -> None:
        """An address that nobody confirmed is gone 10 minutes after it was typed."""
        spare: int = await self.db.write(ctx, commands.expire_code, event.challenge_id)
        if spare:
            await self.vault.erase(ctx, Erase(spare, "account"))
        await self.db.write(ctx, commands.forget_code, event.challenge_id)

    async def _print(self, ctx: Context, email: str) -> str:
        """The keyed fingerprint by which accounts are found."""
        found = await self.vault.find(house_of(ctx), Find("email", email, limit=0))
        if not found.print:
            raise Invalid([FieldError("email", "email.invalid" if email.strip() else "text.required")])
        return found.print


def caller(ctx: Context) -> Caller:
    return Caller(ctx.network, ctx.agent, ctx.session)


def house_of(ctx: Context) -> Context:
    """Who signs in is nobody yet: the address is handled by the house, in the asker's place and language."""
    return msgspec.structs.replace(ctx, actor=SYSTEM.actor, via="people.accounts")
