"""The face of wishes: what a person keeps is one unit each; a watch asks the goods first, and is told in waves."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from msgspec import structs

from jishi.goods.catalog import Catalog, Listing, ListingsQuery
from jishi.goods.inventory import Availability, Inventory, StockChanged
from jishi.goods.pricing import PriceQuery, PricesChanged, Pricing
from jishi.kernel import SYSTEM, Context, Database, FieldError, Grants, Handler, Invalid, Service, reads, writes
from jishi.people.accounts import Accounts, Me, SignedIn
from jishi.people.notices import Notices, NotSent, Send
from jishi.people.vault import CardsErased, KeepCard, Vault

from . import commands
from .commands import NewWatch, Now, TellDue, WatchRow, WaveDue
from .face import NothingToWatch, Unwatch, Watch, Watching, Wishes

ME = SYSTEM.acting("trade.wishes")
PURPOSE = "marketing"  # the class of a guest's address: kept for the one mail it is for
ERASES = ("account", PURPOSE)


class WishesService(Service, Wishes):
    put_favourite = writes(commands.put_favourite, needs="trade:wish:own")
    favourites = reads(commands.favourites, needs="trade:wish:own")
    among = reads(commands.among, needs="trade:wish:own")
    put_follow = writes(commands.put_follow, needs="trade:wish:own")
    followed = reads(commands.followed, needs="trade:wish:own")
    watches = reads(commands.watches, needs="trade:wish:own")

    def __init__(
        self,
        db: Database,
        grants: Grants,
        catalog: Catalog,
        pricing: Pricing,
        inventory: Inventory,
        vault: Vault,
        accounts: Accounts,
        notices: Notices,
        *,
        pepper: bytes,
        base_url: str = "http://localhost:8000",
    ) -> None:
        super().__init__(db, grants)
        self.catalog, self.pricing, self.inventory = catalog, pricing, inventory
        self.vault, self.accounts, self.notices = vault, accounts, notices
        self.pepper, self.base_url = pepper, base_url.rstrip("/")

    # --- watching ----------------------------------------------------------------------------------------------------

    async def watch(self, ctx: Context, command: Watch, /) -> Watching:
        """It waits for the listing to come back, or to cost less than now; one mail, then it is over.

        Raises `NothingToWatch`: what is there already cannot come back, and what has no price cannot cost less."""
        self.check(ctx, "trade:wish:watch")
        commands.check_kind(command.kind)
        listing = await self._listing(command.listing_id)
        if listing is None or not listing.on_sale:
            raise NothingToWatch(command.listing_id, command.kind)
        minor = (await self._prices(listing.id, ctx.market, ctx.currency)).get((ctx.market, ctx.currency), 0)
        if (command.kind == "back" and await self._free(listing)) or (command.kind == "drop" and not minor):
            raise NothingToWatch(command.listing_id, command.kind)
        card = await self._card(ctx, command.email)
        new = NewWatch(
            self.db.engine.world.new_id(), card, listing.id, listing.product_id, command.kind, minor, ctx.market, ctx.currency,
            ctx.locale,
        )  # fmt: skip
        made: Watching = await self.db.write(ctx, commands.put_watch, new)
        return made

    async def _card(self, ctx: Context, email: str) -> int:
        """The account's own contact; of a guest, a new card with the address that was typed."""
        if ctx.actor.role == "buyer" and not email:
            account = await self.accounts.me(ctx, Me())
            if account.contact_card:
                return account.contact_card
        if not email:
            raise Invalid([FieldError("email", "required")])
        keep = KeepCard(self.db.engine.world.new_id(), ctx.actor.id, "contact", PURPOSE, {"email": email})
        return (await self.vault.keep(ctx, keep)).id

    async def unwatch(self, ctx: Context, command: Unwatch, /) -> None:
        self.check(ctx, "trade:wish:watch")
        if command.token:
            if id := self.watch_of(command.token):
                await self.db.write(ctx, commands.end, id)
            return
        await self.db.write(ctx, commands.unwatch, command.id)

    def token(self, watch_id: int) -> str:
        """What a mail's link says; it ends this one watch and opens nothing."""
        tag = hmac.digest(self.pepper, f"watch:{watch_id}".encode(), "sha256")[:16].hex()
        return f"{watch_id:x}.{tag}"

    def watch_of(self, token: str) -> int:
        """0 for a token that is not ours."""
        head = token.partition(".")[0]
        try:
            id = int(head, 16)
        except ValueError:
            return 0
        return id if 0 < id < 1 << 63 and hmac.compare_digest(self.token(id).encode(), token.encode()) else 0

    # --- what is true now --------------------------------------------------------------------------------------------

    async def _listing(self, id: int) -> Listing | None:
        rows = (await self.catalog.listings(ME, ListingsQuery(ids=[id]))).rows
        return rows[0] if rows else None

    async def _free(self, listing: Listing) -> int:
        """Whole pieces that can be had: the scarcest component decides."""
        parts = {c.stock_item_id: c.quantity for c in listing.components}
        levels = (await self.inventory.availability(ME, Availability(sorted(parts)))).rows
        free = dict.fromkeys(parts, 0)
        for level in levels:
            free[level.stock_item_id] += max(0, level.available)
        return min((free[item] // n for item, n in parts.items()), default=0)

    async def _prices(self, listing_id: int, market: str, currency: str) -> dict[tuple[str, str], int]:
        """What one piece costs there now; nothing where it is not for sale."""
        there = structs.replace(ME, market=market, currency=currency)
        rows = (await self.pricing.prices(there, PriceQuery([listing_id]))).rows
        return {(market, currency): rows[0].minor} if rows else {}

    # --- waves -------------------------------------------------------------------------------------------------------

    async def stocked(self, ctx: Context, event: StockChanged) -> None:
        """Who waits for what can be had again hears of it, the first in line first."""
        rows = (await self.catalog.listings(ME, ListingsQuery(stock_item_ids=event.stock_item_ids[:256]))).rows
        for listing in rows:
            await self._look(ctx, listing.id, "back")

    async def priced(self, ctx: Context, event: PricesChanged) -> None:
        """Who waits for a lower price hears of one that is lower; of one that rose nobody does."""
        for listing_id in event.listing_ids:
            await self._look(ctx, listing_id, "drop")

    async def wave_due(self, ctx: Context, event: WaveDue) -> None:
        await self._look(ctx, event.listing_id, event.kind)

    async def _look(self, ctx: Context, listing_id: int, kind: str) -> None:
        places: list[tuple[str, str]] = await self.db.read(ctx, commands.places, listing_id, kind)
        if not places:
            return
        listing = await self._listing(listing_id)
        if listing is None or not listing.on_sale:
            return
        free = await self._free(listing)
        if not free:
            return  # what cannot be had is no news, whatever it costs
        minor: dict[tuple[str, str], int] = {}
        if kind == "drop":
            for market, currency in places:
                minor |= await self._prices(listing_id, market, currency)
        await self.db.write(ctx, commands.wave, Now(listing_id, kind, free, minor))

    async def tell(self, ctx: Context, event: TellDue) -> None:
        """The mail is with its courier, once a watch and turn; the watch is over."""
        watch: WatchRow | None = await self.db.read(ctx, commands.watch_of, event.watch_id)
        if watch is None or (watch.turn, watch.state) != (event.turn, "sending"):
            return
        listing = await self._listing(watch.listing_id)
        if listing is not None:
            stop = f"{self.base_url}/{watch.locale}/wishes/stop?t={self.token(watch.id)}"
            name = listing.names.get(watch.locale) or next(iter(listing.names.values()), "")
            params = {"name": name, "stop": stop, "link": f"{self.base_url}/{watch.locale}/products/{listing.handle}"}
            if event.minor:
                params |= {"minor": str(event.minor), "currency": watch.currency}
            send = Send(f"wish_{watch.kind}:{watch.id}:{watch.turn}", watch.card_id, f"wish_{watch.kind}", params)
            there = structs.replace(ME, locale=watch.locale, market=watch.market, purpose="notice")
            if (await self.notices.send(there, send)).state == "sending":
                raise NotSent(send.channel)  # by another teller; if that one has died, only we come again
        await self.db.write(ctx, commands.told, watch.id, watch.turn)

    async def erased(self, ctx: Context, event: CardsErased) -> None:
        """Nothing that the person wished for is left."""
        if event.purpose in ERASES and event.person_id:
            await self.db.write(ctx, commands.forget, event.person_id)

    def handlers(self) -> Sequence[Handler]:
        return [
            Handler(self.db, SignedIn, unit=commands.merge),
            Handler(self.db, StockChanged, story=self.stocked),
            Handler(self.db, PricesChanged, story=self.priced),
            Handler(self.db, WaveDue, story=self.wave_due),
            Handler(self.db, TellDue, story=self.tell),
            Handler(self.db, CardsErased, story=self.erased),
        ]
