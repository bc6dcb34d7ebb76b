"""The book's verbs: what is typed is judged by its country, kept as a card, and entered under its label."""

from __future__ import annotations

from collections.abc import Sequence

from jishi.kernel import SYSTEM, Context, Database, FieldError, Grants, Handler, Invalid, Service
from jishi.people.accounts import SignedIn
from jishi.people.vault import CardsErased, DropCards, HandOver, KeepCard, Show, Vault

from . import commands, forms, parse
from .commands import Entry, Shelf, Written
from .face import (
    LABELS,
    Address,
    Addresses,
    AddressForm,
    AddressQuery,
    Book,
    BookFull,
    BookQuery,
    CheckAddress,
    Checked,
    DropAddress,
    FormQuery,
    NoAddress,
    Parse,
    Parsed,
    Prefer,
    PutAddress,
)
from .regions import Regions, shipped

OWN, CHECK = "people:address:own", "people:address:check"
ME = SYSTEM.acting("people.addresses")


class AddressesService(Service, Addresses):
    def __init__(self, db: Database, grants: Grants, vault: Vault, regions: Regions | None = None) -> None:
        super().__init__(db, grants)
        self.vault, self.regions = vault, regions or shipped()

    def handlers(self) -> Sequence[Handler]:
        return [
            Handler(self.db, SignedIn, story=self.take_along),
            Handler(self.db, CardsErased, unit=commands.forget),
        ]

    async def book(self, ctx: Context, query: BookQuery, /) -> Book:
        """Two queries and one row in the vault's log, whatever the number of addresses."""
        self.check_own(ctx)
        shelf: Shelf = await self.db.read(ctx, commands.shelf)
        entries = shelf.sorted()
        if not entries:
            return Book([])
        shown = await self.vault.show(self.mine(ctx), Show([e.card_id for e in entries], "address_book"))
        pairs = zip(entries, shown.cards, strict=True)
        return Book([address_of(e, c.fields, e.id == shelf.preferred) for e, c in pairs if c.fields])

    async def address(self, ctx: Context, query: AddressQuery, /) -> Address:
        self.check_own(ctx)
        found: tuple[Entry, bool] = await self.db.read(ctx, commands.entry, query.id)
        entry, preferred = found
        (card,) = (await self.vault.show(self.mine(ctx), Show([entry.card_id], "address_book"))).cards
        return address_of(entry, card.fields, preferred)

    async def put(self, ctx: Context, command: PutAddress, /) -> Address:
        """Judge it, keep its card, enter it, and forget the card that it had before: orders have their own."""
        self.check_own(ctx)
        fields = self._judged(ctx, command.fields, command.label, command.id)
        await self.db.read(ctx, lambda tx: commands.room(tx, command.id, new=command.new))
        card = KeepCard(self.db.engine.world.new_id(), ctx.actor.id, "recipient", "account", fields)
        await self.vault.keep(self.mine(ctx), card)
        written = Written(command.id, card.card_id, command.label, command.preferred, command.new)
        try:
            put: tuple[Entry, bool, int] = await self.db.write(ctx, commands.put, written)
        except (NoAddress, BookFull):
            await self.vault.drop(self.mine(ctx), DropCards([card.card_id]))
            raise
        entry, preferred, old = put
        if old:
            await self.vault.drop(self.mine(ctx), DropCards([old]))
        return address_of(entry, fields, preferred)

    async def drop(self, ctx: Context, command: DropAddress, /) -> Book:
        self.check_own(ctx)
        card: int = await self.db.write(ctx, commands.drop, command.id)
        await self.vault.drop(self.mine(ctx), DropCards([card]))
        return await self.book(ctx, BookQuery())

    async def prefer(self, ctx: Context, command: Prefer, /) -> Book:
        self.check_own(ctx)
        await self.db.write(ctx, commands.prefer, command)
        return await self.book(ctx, BookQuery())

    async def judge(self, ctx: Context, query: CheckAddress, /) -> Checked:
        self.check(ctx, CHECK)
        fields, errors = forms.checked(query.fields, ctx.market, self.regions)
        if query.whole:
            known = {e.field for e in errors}
            errors += [e for e in forms.missing(fields, self.regions) if e.field not in known]
        if errors:
            raise Invalid(errors)
        return Checked(fields)

    async def parse(self, ctx: Context, query: Parse, /) -> Parsed:
        self.check(ctx, CHECK)
        return Parsed(parse.parsed(query.text, query.country, self.regions))

    async def form(self, ctx: Context, query: FormQuery, /) -> AddressForm:
        self.check(ctx, CHECK)
        return forms.form_of(query.country, self.regions, query.province, query.city)

    async def take_along(self, ctx: Context, event: SignedIn) -> None:
        """Who signs in keeps the addresses that this browser's guest had entered."""
        if not event.guest_id:
            return
        shelf: Shelf = await self.db.read(ME, commands.shelf_of, event.guest_id)
        if shelf.entries:
            cards = [e.card_id for e in shelf.entries]
            await self.vault.hand_over(ME, HandOver(cards, event.guest_id, event.person_id))
            spare: list[int] = await self.db.write(ME, commands.adopt, event.guest_id, event.person_id)
            await self.vault.drop(ME, DropCards(spare))

    def check_own(self, ctx: Context) -> None:
        """A book is a customer's; who is nobody yet has none."""
        self.check(ctx, OWN)
        if not (ctx.actor.id and ctx.actor.is_customer):
            raise NoAddress

    def mine(self, ctx: Context) -> Context:
        return ctx.acting("people.addresses")

    def _judged(self, ctx: Context, typed: dict[str, str], label: str, id: int) -> dict[str, str]:
        fields, errors = forms.checked(typed, ctx.market, self.regions)
        known = {e.field for e in errors}
        errors += [e for e in forms.missing(fields, self.regions) if e.field not in known]
        if label not in LABELS:
            errors.append(FieldError("label", "choice.unknown"))
        if not 0 < id < 1 << 63:
            errors.append(FieldError("id", "id.invalid"))
        if errors:
            raise Invalid(errors)
        return fields


def address_of(entry: Entry, fields: dict[str, str], preferred: bool) -> Address:  # three facts of one row
    return Address(entry.id, entry.card_id, entry.label, preferred, fields)
