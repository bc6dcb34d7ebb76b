"""The demo's year: its buyers order, pay, get their parcels, think better of it and say what they think, through the real
commands, at the moment at which it happened. Safe to go on with after a crash: what was begun is written down first."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec import Struct

from jishi.goods.catalog import Listing, ListingsQuery
from jishi.kernel import SYSTEM, Actor, Context, Fault
from jishi.people.accounts import MakeStaff, OpenGuest
from jishi.people.vault import KeepCard
from jishi.trade.cart import PutLine
from jishi.trade.checkout import Place, QuoteAsk, Wanted
from jishi.trade.fulfilment import Pack, ShipWork, WorkQuery
from jishi.trade.orders import Cancel
from jishi.trade.payments import Look, Start
from jishi.web.faces import Shop

from .fill import DAY_MS, STAFF, House, stock
from .opinions import Opinions
from .past import SEED, Past
from .photographs import product_ids
from .plan import SLOT_DAYS, Wish, Year
from .visits import Visits

HOUR_MS = 3_600_000
BATCH = 256
MOST_WORK = 100
LATER_MS = 60_000  # a second run through a slot, after a crash
PAGE = "https://jishi.example/done"  # where a buyer would be sent from the provider's page


class Begun(Struct):
    """A wish on its way, as it is written down before and after each step that must not happen twice."""

    n: int
    person: int = 0
    cards: tuple[int, int] = (0, 0)
    quote: int = 0
    total: int = 0
    order: int = 0
    intent: int = 0


class Diary:
    """When the year began, what was begun in it, a line a step, and how many slots are over; a line that was cut is not
    there. `later_ms` grows with each opening."""

    def __init__(self, path: Path, began: int) -> None:
        self.began, self.begun, self.slots, self.later_ms = began, dict[int, Begun](), 0, 0
        for line in path.read_bytes().split(b"\n")[:-1] if path.exists() else ():
            word, _, rest = line.partition(b" ")
            if not word:
                continue
            if word == b"began":
                self.began = int(rest)
                self.later_ms += LATER_MS
            elif word == b"slot":
                self.slots = int(rest)
            else:
                step = msgspec.json.decode(rest, type=Begun)
                self.begun[step.n] = step
        self.file = path.open("ab", buffering=0)
        self.file.write(b"\nbegan %d\n" % self.began)

    def close(self) -> None:
        self.file.close()

    def note(self, step: Begun) -> None:
        self.begun[step.n] = step
        self.file.write(b"step " + msgspec.json.encode(step) + b"\n")

    def over(self, slot: int) -> None:
        self.slots = slot
        self.file.write(b"slot %d\n" % slot)


class History:
    """The year of the diary, in this shop of then."""

    def __init__(self, past: Past, house: House, year: Year, diary: Diary) -> None:
        self.past, self.house, self.year, self.diary = past, house, year, diary
        self.opinions = Opinions(past.shop, house.merchants, year)
        self.shop: Shop = past.shop
        self.visits = Visits(past.shop, (), SEED)
        self.listings: dict[str, Listing] = {}
        self.by_slot = defaultdict[int, list[Wish]](list)
        for wish in year.wishes:
            self.by_slot[wish.slot].append(wish)
        self.persons: dict[int, int] = {}

    def at(self, slot: int) -> int:
        """The moment of the slot: its day, at its hour, ms UTC."""
        day = self.diary.began + int(slot * SLOT_DAYS) * DAY_MS
        return day - day % DAY_MS + int((self.year.hours[slot] - 8) * HOUR_MS)  # hours of China

    async def prepare(self) -> None:
        """The goods that the year takes are in the houses, so that what is left in the end is what the shelf says."""
        known = await product_ids(self.shop)
        ids = [known[handle] for handle in self.year.goods]
        for start in range(0, len(ids), 50):
            query = ListingsQuery(product_ids=ids[start : start + 50])
            self.listings |= {x.sku_code: x for x in (await self.shop.catalog.listings(STAFF, query)).rows}
        for code, pieces in sorted(self.year.wanted().items()):
            listing = self.listings[code]
            merchant, warehouses = self.house.of(self.year.goods[listing.handle].merchant)
            await stock(self.shop, listing, warehouses, merchant, pieces, "year")
        self.visits = Visits(self.shop, self.listings.values(), SEED)

    async def run(self, told: Callable[[int, int], None]) -> None:
        """From the slot that was not over to the last; what was said before it is heard again, and changes nothing."""
        for slot in range(self.diary.slots):
            self._expect(slot)
            await self.opinions.slot(slot)
        for slot in range(self.diary.slots, self.year.slots):
            self.past.clock.to(self.at(slot))
            await self.past.relay.drain()  # what came due since: parcels have arrived, unpaid orders have run out
            await self._warehouses()
            wishes = self.by_slot[slot]
            await asyncio.gather(*[self._live(w) for w in wishes])
            await self.visits.keep()
            await self.past.relay.drain()
            for wish in wishes:
                await self._think_better(wish)
            self._expect(slot)
            await self.opinions.slot(slot)
            self.past.keep()
            self.diary.over(slot + 1)
            told(slot + 1, self.year.slots)

    def _expect(self, slot: int) -> None:
        for wish in self.by_slot[slot]:
            if (step := self.diary.begun.get(wish.n)) and step.order:
                self.opinions.expect(wish, self.context(wish, step.person), step.order)

    def context(self, wish: Wish, person: int) -> Context:
        who = wish.who
        role = "buyer" if who.account else "guest"
        return Context(Actor(person, role), market=who.market, currency=who.currency, locale=who.locale, budget_ms=60_000)  # fmt: skip

    async def _person(self, wish: Wish) -> int:
        if not wish.who.account:
            return (await self.shop.accounts.open_guest(SYSTEM, OpenGuest())).visitor.person_id
        if (n := wish.who.n) not in self.persons:
            made = await self.shop.accounts.make_staff(SYSTEM, MakeStaff(wish.who.email, "buyer"))
            self.persons[n] = made.person_id
        return self.persons[n]

    async def _live(self, wish: Wish) -> None:
        """The order is placed, and paid if it is to be; sold out is sold out."""
        step = self.diary.begun.get(wish.n) or Begun(wish.n)
        if not step.person:
            step.person = await self._person(wish)
            step.cards = (self.shop.world.new_id(), self.shop.world.new_id())
            self.diary.note(step)
        ctx = self.context(wish, step.person)
        if not step.order:
            try:
                await self.visits.before(ctx, wish.who.n, [self.listings[code] for code in wish.lines])
                await self._order(ctx, wish, step)
            except Fault:
                return
        if wish.method == "card" and wish.fate in ("kept", "sent_back"):
            started = await self.shop.payments.start(ctx, Start(step.intent, PAGE, PAGE))
            if started.url:
                self.past.card.pay(started.url)
                await self.shop.payments.look(ctx, Look(step.intent))

    async def _order(self, ctx: Context, wish: Wish, step: Begun) -> None:
        who, shop = wish.who, self.shop
        if not step.quote:
            recipient, contact = step.cards
            await shop.vault.keep(ctx, KeepCard(recipient, step.person, "recipient", "order", who.recipient))
            await shop.vault.keep(ctx, KeepCard(contact, step.person, "contact", "order", {"email": who.email}))
            wanted = [Wanted(self.listings[code].id, n) for code, n in wish.lines.items()]
            for line in wanted:
                await shop.cart.put(ctx, PutLine(line.listing_id, line.quantity))
            quote = await shop.checkout.quote(ctx, QuoteAsk(wanted, recipient, contact))
            step.quote, step.total = quote.id, quote.terms.total
            self.diary.note(step)
        placed = await shop.checkout.place(ctx, Place(f"year-{wish.n}", step.quote, step.total, wish.method))
        step.order, step.intent = placed.order_id, placed.intent_id
        self.diary.note(step)

    async def _think_better(self, wish: Wish) -> None:
        step = self.diary.begun.get(wish.n)
        if step and step.order and wish.fate in ("second_thoughts", "sent_back"):
            ctx = self.context(wish, step.person)
            try:
                await self.shop.orders.cancel(ctx, Cancel(step.order, "year", reason="changed_mind"))
            except Fault:
                return

    async def _warehouses(self) -> None:
        """What was ordered before today is packed and on its way."""
        for state, act in (("open", self._pack), ("packed", self._ship)):
            page = await self.shop.fulfilment.work(STAFF, WorkQuery(state, limit=MOST_WORK))
            await asyncio.gather(*[act(w.id) for w in page.rows])

    async def _pack(self, work: int) -> None:
        await self.shop.fulfilment.pack(STAFF, Pack(work))

    async def _ship(self, work: int) -> None:
        await self.shop.fulfilment.ship(STAFF, ShipWork(work, "year"))
