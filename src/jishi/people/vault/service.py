"""The vault: cards are sealed before they are written, and opened after their reading was written down."""

from __future__ import annotations

from collections.abc import Sequence

from jishi.kernel import Context, Database, FieldError, Grants, Handler, Invalid, Service, Unavailable, reads, writes

from . import commands, queries
from .face import (
    Card,
    CardFacts,
    CardsErased,
    Erase,
    Erased,
    Find,
    Found,
    HandedOver,
    HandOver,
    KeepCard,
    NoCard,
    Show,
    Shown,
    Vault,
)
from .keyring import Key, Ring
from .masks import mask
from .queries import Sealed
from .rules import PURPOSES, clean_card, derive, normal_value
from .seals import PRINTS, Seals, bound_to, unseal

KEY_TRIES, ERASE_ROUNDS = 4, 4_000  # rounds of 250 cards


class VaultService(Service, Vault):
    """`keys` is the database of the keys, apart from the cards'; `master` (≥ 32 bytes) wraps them."""

    def __init__(self, db: Database, grants: Grants, keys: Database, master: bytes) -> None:
        super().__init__(db, grants)
        self.seals = Seals(master)
        self.ring = Ring(keys, self.seals)

    facts = reads(queries.facts, needs="people:card:see")
    reads = reads(queries.reads_of, needs="people:card:audit")

    drop = writes(commands.drop, needs="people:card:keep")

    def handlers(self) -> Sequence[Handler]:
        return [Handler(self.db, CardsErased, story=self.finish_erasure)]

    async def keep(self, ctx: Context, command: KeepCard, /) -> CardFacts:
        """The card is kept under its person's key, which is made with the first one."""
        self.check(ctx, "people:card:keep")
        if ctx.actor.is_customer and command.person_id != ctx.actor.id:
            raise NoCard(command.card_id)  # the unit says so too, but by then a stranger would have made a key
        clean = clean_card(command, ctx.market)
        derived = derive(clean, self.seals)
        for _ in range(KEY_TRIES):
            key = await self.ring.of(command.person_id, command.purpose)
            kept: CardFacts | None = await self.db.write(
                ctx, commands.keep, commands.Kept(command, clean, derived, key)
            )
            if kept:
                return kept
            await self.ring.destroy(key.id)  # an erasure was faster: the next card gets a key of its own
        raise Unavailable("the person is being erased")

    async def show(self, ctx: Context, query: Show, /) -> Shown:
        """One query for the cards with one row that says so, one for keys that are not in memory."""
        self.check(ctx, "people:card:show")
        found: list[Sealed] = await self.db.write(ctx, commands.show, query, ctx.via)
        keys = await self.ring.some({c.key_id for c in found if c.sealed})
        return Shown([Card(c.id, c.person_id, c.kind, opened(c, keys, query)) for c in found])

    async def find(self, ctx: Context, query: Find, /) -> Found:
        self.check(ctx, "people:card:find")
        value = normal_value(query.index, query.value, ctx.market)
        print = self.seals.print(query.index, value) if query.index in PRINTS else ""
        found: Found = await self.db.read(ctx, queries.find, self.seals.mark(query.index, value), print, query.limit)
        return found

    async def erase(self, ctx: Context, command: Erase, /) -> Erased:
        """First the cards are blanked, then the key is destroyed: a crash between leaves the key to be found again."""
        self.check(ctx, "people:card:erase")
        if command.purpose not in PURPOSES:
            raise Invalid([FieldError("purpose", "choice.unknown")])
        key_id = await self.ring.known(command.person_id, command.purpose)
        cards = await self._erase(ctx, key_id, command.person_id, command.purpose) if key_id else 0
        return Erased(command.person_id, command.purpose, cards)

    async def hand_over(self, ctx: Context, command: HandOver, /) -> HandedOver:
        """Card by card: whoever dies between two finds the rest where it was, and asks again."""
        self.check(ctx, "people:card:hand_over")
        found: list[commands.Movable] = await self.db.read(ctx, commands.to_move, command)
        keys = await self.ring.some({c.key_id for c in found})
        moved = 0
        for card in found:
            if (was := keys.get(card.key_id)) is None:
                continue  # erased meanwhile
            key = await self.ring.of(command.to_person, card.purpose)
            moved += bool(await self.db.write(ctx, commands.move, card, was, key, command.to_person))
        return HandedOver(moved)

    async def finish_erasure(self, ctx: Context, event: CardsErased) -> None:
        """Whatever became of the caller, no card of that key is readable and the key is gone."""
        await self._erase(ctx, event.key_id, event.person_id, event.purpose)

    async def _erase(self, ctx: Context, key_id: int, person_id: int, purpose: str) -> int:
        cards = 0
        for _ in range(ERASE_ROUNDS):
            blanked: int = await self.db.write(ctx, commands.blank, key_id, person_id, purpose)
            cards += blanked
            if blanked < commands.ERASED_AT_ONCE:
                break
        await self.ring.destroy(key_id)
        return cards


def opened(card: Sealed, keys: dict[int, Key], query: Show) -> dict[str, str]:
    """The fields asked for, clear or masked; none of a card that was erased or whose key is gone."""
    key = keys.get(card.key_id)
    if not card.sealed or key is None:
        return {}
    fields = unseal(key.cipher, card.sealed, bound_to(card.id, card.person_id, card.kind, card.purpose))
    return {f: mask(f, v) if query.masked else v for f, v in fields.items() if not query.fields or f in query.fields}
