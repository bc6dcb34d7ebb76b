"""Fulfilment's face: plain verbs, and the two stories that speak to a carrier."""

from collections.abc import Sequence
from typing import cast

from jishi.goods.inventory import Inventory, Ship
from jishi.kernel import Context, Database, FieldError, Grants, Handler, Invalid, Service, reads, writes
from jishi.people.vault import NoCard, Show, Vault

from . import commands, queries, tracking
from .face import (
    BadNote,
    Booking,
    BookingDue,
    Carrier,
    CarrierDown,
    CarrierNote,
    Fulfilment,
    NoteStored,
    NoteTaken,
    PollDue,
    Recipients,
    RecipientsOf,
    Shipment,
    ShipWork,
    Track,
)
from .rules import ENDED

POLL_MS = 6 * 3_600_000
NOTE_MAX = 64 * 1024  # bytes


class FulfilmentService(Service, Fulfilment):
    """`carriers`: the first one is used where none is named. `poll_ms`: how long a parcel may be silent."""

    def __init__(
        self,
        db: Database,
        grants: Grants,
        *,
        inventory: Inventory,
        vault: Vault,
        carriers: Sequence[Carrier],
        poll_ms: int = POLL_MS,
    ) -> None:
        super().__init__(db, grants)
        self.inventory, self.vault, self.poll_ms = inventory, vault, poll_ms
        self.carriers = {carrier.code: carrier for carrier in carriers}

    create = writes(commands.create, needs="trade:fulfilment:create")
    stop = writes(commands.stop, needs="trade:fulfilment:stop")
    work = reads(queries.work, needs="trade:fulfilment:see")
    work_of = reads(queries.work_of, needs="trade:fulfilment:see")
    pack = writes(commands.pack, needs="trade:fulfilment:pack")
    shipments = reads(queries.shipments, needs="trade:shipment:see")

    async def recipients(self, ctx: Context, query: RecipientsOf, /) -> Recipients:
        """The recipients of work that the actor may see; the vault writes down who read them."""
        self.check(ctx, "trade:fulfilment:see" if query.masked else "trade:shipment:ship")
        cards: dict[int, int] = await self.db.read(ctx, queries.cards_of, query)
        if not cards:
            return Recipients({})
        ids = sorted(set(cards.values()))
        shown = await self.vault.show(ctx.acting(self.name), Show(ids, purpose="delivery", masked=query.masked))
        fields = {c.id: c.fields for c in shown.cards}
        return Recipients({id: fields.get(card, {}) for id, card in cards.items()})

    async def ship(self, ctx: Context, command: ShipWork, /) -> Shipment:
        """The parcel is told to the carrier and to the stock, once a key; asking again goes on where it stopped."""
        self.check(ctx, "trade:shipment:ship")
        carrier = command.carrier or next(iter(self.carriers), "")
        if carrier not in self.carriers:
            raise Invalid([FieldError("carrier", "choice.unknown")])
        asked = ShipWork(command.fulfilment_id, command.key, command.pieces, carrier)
        return await self._carry(ctx, await self.db.write(ctx, commands.begin_parcel, asked))

    async def _carry(self, ctx: Context, plan: commands.Plan) -> Shipment:
        """Number committed → carrier booked under it → waybill kept → stock told → said. Each step may be repeated."""
        me = ctx.acting(self.name)
        if plan.state == "booking":
            if not plan.waybill:
                waybill = await self._book(me, plan)
                await self.db.write(me, commands.keep_waybill, plan.shipment_id, waybill)
            await self.inventory.ship(me, Ship(plan.shipment_id, plan.order_id, plan.wants))
        return cast(Shipment, await self.db.write(me, commands.finish_parcel, plan.shipment_id, self.poll_ms))

    async def _book(self, me: Context, plan: commands.Plan) -> str:
        """The address leaves the vault at this moment, for this purpose, and is kept nowhere."""
        shown = await self.vault.show(me, Show([plan.recipient_card], purpose="delivery"))
        fields = shown.cards[0].fields if shown.cards else {}
        if not fields:
            raise NoCard(plan.recipient_card)
        return await self._carrier(plan.carrier).book(
            Booking(
                plan.number,
                plan.service,
                plan.weight_g,
                plan.pieces,
                plan.collect_minor,
                plan.currency,
                fields,
            )
        )

    def _carrier(self, code: str) -> Carrier:
        if code not in self.carriers:
            raise CarrierDown(code)
        return self.carriers[code]

    async def note(self, ctx: Context, command: CarrierNote, /) -> NoteTaken:
        """Verified over the raw bytes, kept once, answered; the carrier is asked by a story."""
        self.check(ctx, "trade:carrier:notify")
        if command.carrier not in self.carriers:
            raise BadNote(command.carrier, "unknown carrier")
        if len(command.raw) > NOTE_MAX:
            raise BadNote(command.carrier, "too long")
        now = self.db.engine.world.now()
        note_id, waybill = self.carriers[command.carrier].verify(command.raw, command.headers, now)
        return cast(NoteTaken, await self.db.write(ctx, tracking.keep_note, command.carrier, note_id, waybill))

    async def note_stored(self, ctx: Context, event: NoteStored) -> None:
        """A carrier that cannot be asked now is asked by the poll."""
        parcel = await self.db.read(ctx, tracking.noted_parcel, event)
        if parcel is not None and parcel.rung < ENDED and (tracks := await self._ask(parcel)) is not None:
            await self.db.write(ctx, tracking.post_tracks, parcel.id, tracks)

    async def poll_due(self, ctx: Context, event: PollDue) -> None:
        parcel = await self.db.read(ctx, tracking.parcel, event.shipment_id)
        if parcel.rung < ENDED and parcel.polls == event.polls:
            await self.db.write(ctx, tracking.polled, event, await self._ask(parcel) or [], self.poll_ms)

    async def _ask(self, parcel: queries.ParcelRow) -> list[Track] | None:
        try:
            return await self._carrier(parcel.carrier).tracks(str(parcel.waybill))
        except CarrierDown:
            return None

    async def booking_due(self, ctx: Context, event: BookingDue) -> None:
        """A parcel that was left half way is carried on; a carrier that is down is tried again by the next timer."""
        plan = await self.db.write(ctx, commands.take_up, event)
        if plan is not None:
            try:
                await self._carry(ctx, plan)
            except CarrierDown:
                return

    def handlers(self) -> Sequence[Handler]:
        return [
            Handler(self.db, BookingDue, story=self.booking_due),
            Handler(self.db, PollDue, story=self.poll_due),
            Handler(self.db, NoteStored, story=self.note_stored),
        ]
