"""Signing up and in. The vault keeps the address, notices carry the code, the slow hash has threads of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

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
from jishi.kernel.i18n import moment
from jishi.kernel.market import markets
from jishi.people.notices import Notices, NotSent, Send
from jishi.people.vault import CardsErased, DropCards, Erase, Find, KeepCard, Show, Vault

from . import commands, contacts, queries
from .commands import Asked, Caller, Enter, Made, Passed, Tried, Wish
from .face import (
    Account,
    Accounts,
    AskCode,
    AskContact,
    CodeAsked,
    CodeExpired,
    CodeSpent,
    ContactChanged,
    ContactList,
    ContactsQuery,
    ContactTaken,
    EnterCode,
    EnterContact,
    MakeStaff,
    NewDevice,
    Opened,
    OpenGuest,
    Proofs,
    ProofsQuery,
    Revoke,
    RevokeOthers,
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
from .rules import CODE_MS, GENES, LIVES, MINUTE, ROLES, Session, device_hash, same_code

OPEN, SIGN_IN, SELF = "people:session:open", "people:account:sign_in", "people:account:self"
MAKE_STAFF, PROVE = "people:account:make_staff", "people:account:prove"
DEVICES_PAGE = "/me/devices"
CODE_TEMPLATES = {  # (channel, for a contact of an account)
    ("email", False): "sign_in_code",
    ("sms", False): "sign_in_code_sms",
    ("email", True): "contact_code",
    ("sms", True): "contact_code_sms",
}


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
            Handler(self.db, NewDevice, story=self.new_device),
            Handler(self.db, ContactChanged, story=self.contact_changed),
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
        return await self._send_code(ctx, way_of(command), caller(ctx, command.device))

    async def _send_code(self, ctx: Context, way: Way, caller: Caller, person_id: int = 0) -> CodeAsked:
        house, print = house_of(ctx), await self._print(ctx, way)
        wish = Wish(print, way.channel, person_id)
        asked: Asked = await self.db.write(ctx, commands.open_challenge, wish, caller, self.pepper)
        it = asked.challenge
        try:
            card = KeepCard(it.card_id, it.person_id, "contact", "account", {way.field: way.value})
            await self.vault.keep(house, card)
            template = CODE_TEMPLATES[way.channel, bool(person_id)]
            secrets, minutes = {"code": asked.code}, {"minutes": str(CODE_MS // MINUTE)}
            await self.notices.send(house, Send(f"code:{it.id}", it.card_id, template, minutes, secrets, way.channel))
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
            caller(ctx, command.device),
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
            ctx,
            commands.enter,
            Enter(it.id, person, card, command.session_token, caller(ctx, command.device), tried.channel),
        )
        for spare in {it.person_id, person} - {opened.visitor.person_id}:
            await self.vault.erase(house, Erase(spare, "account"))
        return opened

    async def sign_in(self, ctx: Context, command: SignIn, /) -> Opened:
        """Exactly one slow hash, whoever asks and whatever is known of the address."""
        self.check(ctx, SIGN_IN)
        typed, print = normal(command.password), await self._print(ctx, Way("email", "email", command.email))
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
            ctx, commands.pass_gate, Passed(print, stored, fresh, command.session_token, caller(ctx, command.device))
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

    async def revoke_others(self, ctx: Context, command: RevokeOthers, /) -> SessionList:
        self.check(ctx, SELF)
        await self.db.write(ctx, commands.revoke_others, ctx.session)
        left: SessionList = await self.db.read(ctx, queries.sessions, ctx.session)
        return left

    async def contacts(self, ctx: Context, query: ContactsQuery, /) -> ContactList:
        self.check(ctx, SELF)
        found: ContactList = await self.db.read(ctx, contacts.contacts)
        return found

    async def ask_contact(self, ctx: Context, command: AskContact, /) -> CodeAsked:
        """A code is on its way to the new contact, within the limits of any code."""
        self.check(ctx, SELF)
        return await self._send_code(ctx, way_of(command), caller(ctx), ctx.actor.id)

    async def enter_contact(self, ctx: Context, command: EnterContact, /) -> ContactList:
        """Try the code → the contact's card goes home to the account → the contact is the account's."""
        self.check(ctx, SELF)
        code, me = same_code(command.code), ctx.actor.id
        tried: Tried = await self.db.write(
            ctx, commands.try_code, command.challenge_id, code, "", caller(ctx), self.pepper, me
        )
        if tried.left >= 0:
            raise WrongCode(tried.left)
        house, it = house_of(ctx), tried.challenge
        shown = await self.vault.show(house, Show([it.card_id], "sign_up"))
        card = KeepCard(tried.home_card, me, "contact", "account", shown.cards[0].fields)
        await self.vault.keep(house, card)
        try:
            kept: ContactList = await self.db.write(
                ctx, contacts.take_contact, contacts.Taken(it.id, tried.channel, card.card_id, ctx.locale)
            )
        except (ContactTaken, CodeSpent):
            await self.vault.drop(house, DropCards([card.card_id]))
            raise
        if all(row.card_id != card.card_id for row in kept.rows):  # the account had it already
            await self.vault.drop(house, DropCards([card.card_id]))
        await self.vault.erase(house, Erase(it.person_id, "account"))
        return kept

    async def proofs(self, ctx: Context, query: ProofsQuery, /) -> Proofs:
        self.check(ctx, PROVE)
        found: Proofs = await self.db.read(ctx, contacts.proofs, query)
        return found

    async def new_device(self, ctx: Context, event: NewDevice) -> None:
        """The account's owner hears of it, by e-mail if there is one."""
        zone = markets()[event.market].zone if event.market in markets() else "UTC"
        agent = event.agent if event.agent not in ("", "other") else "–"
        params = {"agent": agent, "time": moment(event.at, event.locale, zone, "long"), "path": DEVICES_PAGE}
        await self._tell(
            house_in(event.locale), event.person_id, "new_device", f"new_device:{event.session_id}", params
        )

    async def contact_changed(self, ctx: Context, event: ContactChanged) -> None:
        """Where codes went before hears that they go elsewhere now; after that its card is forgotten."""
        key = f"contact_changed:{event.new_card}"
        house, params = house_in(event.locale), {"path": DEVICES_PAGE}
        if not event.old_card:
            await self._tell(house, event.person_id, "contact_added", key, params, but=event.channel)
            return
        template = "contact_changed" if event.channel == "email" else "contact_changed_sms"
        await self.notices.send(house, Send(key, event.old_card, template, params, channel=event.channel))
        await self.vault.drop(house, DropCards([event.old_card]))

    async def _tell(
        self, house: Context, person_id: int, template: str, key: str, params: dict[str, str], but: str = ""
    ) -> None:
        """One message by the first channel there is, e-mail before text."""
        rows: list[contacts.Contact] = await self.db.read(house, contacts.cards_of, person_id)
        for row in sorted((r for r in rows if r.channel != but), key=lambda r: r.channel)[:1]:
            named = template if row.channel == "email" else f"{template}_{row.channel}"
            await self.notices.send(house, Send(key, row.card_id, named, params, channel=row.channel))

    async def make_staff(self, ctx: Context, command: MakeStaff, /) -> Account:
        self.check(ctx, MAKE_STAFF)
        if command.role not in ROLES or (command.role == "clerk") != (command.merchant_id > 0):
            raise Invalid([FieldError("role", "choice.unknown")])
        hashed = await self.hasher.hash(strong(command.password)) if command.password else ""
        house, print = house_of(ctx), await self._print(ctx, Way("email", "email", command.email))
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

    async def _print(self, ctx: Context, way: Way) -> str:
        """The keyed fingerprint by which accounts are found."""
        found = await self.vault.find(house_of(ctx), Find(way.field, way.value, limit=0))
        if not found.print:
            code = f"{way.field}.invalid" if way.value.strip() else "text.required"
            raise Invalid([FieldError(way.field, code)])
        return found.print


class Way(NamedTuple):
    """How somebody is reached: the channel, the field of the card, and what was typed."""

    channel: str
    field: str
    value: str


def way_of(command: AskCode | AskContact) -> Way:
    """By phone if one is told, else by e-mail; both at once are one too many."""
    if command.phone and command.email:
        raise Invalid([FieldError("phone", "contact.one")])
    return Way("sms", "phone", command.phone) if command.phone else Way("email", "email", command.email)


def caller(ctx: Context, device: str = "") -> Caller:
    return Caller(ctx.network, ctx.agent, ctx.session, device_hash(device), ctx.locale, ctx.market)


def house_in(locale: str) -> Context:
    return msgspec.structs.replace(SYSTEM, via="people.accounts", locale=locale)


def house_of(ctx: Context) -> Context:
    """Who signs in is nobody yet: the address is handled by the house, in the asker's place and language."""
    return msgspec.structs.replace(ctx, actor=SYSTEM.actor, via="people.accounts")
