"""Sending: claim the key, read the address, write the letter, hand it over, note what became of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from jishi.kernel import Context, Database, Grants, Handler, Service, reads, writes
from jishi.kernel.i18n import t
from jishi.people.vault import CardsErased, NoCard, Show, Vault

from . import commands
from .commands import Claim
from .face import Channels, ChannelsQuery, Courier, Message, Notice, Notices, NotSent, Send
from .letters import Render, spoken, write

SEND_S = 20  # a courier that takes longer has failed; shorter than the claim on a notice
ADDRESSES = {"email": "email", "sms": "phone"}  # channel → field of the card

log = logging.getLogger(__name__)


class NoticesService(Service, Notices):
    """`couriers`: the first of a channel carries it. `render(key, locale, **params)` speaks the sentences. Links lead to
    `base_url`."""

    def __init__(
        self,
        db: Database,
        grants: Grants,
        vault: Vault,
        couriers: Sequence[Courier],
        *,
        base_url: str = "http://localhost:8000",
        render: Render = t,
    ) -> None:
        super().__init__(db, grants)
        self.vault, self.render, self.base_url = vault, render, base_url.rstrip("/")
        self.couriers = {c.channel: c for c in reversed(couriers)}

    of_card = reads(commands.of_card, needs="people:notice:see")
    wishes = reads(commands.wishes, needs="people:notice:choose")
    put_wishes = writes(commands.put_wishes, needs="people:notice:choose")

    def handlers(self) -> Sequence[Handler]:
        return [Handler(self.db, CardsErased, unit=commands.forget_wishes)]

    async def channels(self, ctx: Context, query: ChannelsQuery, /) -> Channels:
        self.check(ctx, "people:session:open")
        return Channels(sorted(self.couriers))

    async def send(self, ctx: Context, command: Send, /) -> Notice:
        """The provider has the message, once a key; `dropped` if there is no address to write to.

        A failure is noted and raised as `NotSent`; the same key then tries again. A crash after the provider took it
        repeats it under the same id, by which a provider knows it."""
        self.check(ctx, "people:notice:send")
        claim: Claim = await self.db.write(ctx, commands.claim, command, ctx.locale)
        if not claim.mine:
            return claim.notice
        try:
            return await self._carry(ctx, command, claim.notice)
        except NoCard:
            await self.db.write(ctx, commands.forget, claim.notice)
            raise
        except Exception as e:
            why = type(e).__name__  # its text may hold the address
            log.warning("notice not sent", extra={"notice": claim.notice.id, "channel": command.channel, "why": why})
            await self.db.write(ctx, commands.settle, claim.notice, "failed", why, 0)
            raise NotSent(command.channel) from None

    async def _carry(self, ctx: Context, command: Send, notice: Notice) -> Notice:
        courier, field = self.couriers[command.channel], ADDRESSES[command.channel]
        asked = Show([command.card_id], f"notice:{command.template}"[:64], [field])
        (card,) = (await self.vault.show(ctx.acting("people.notices"), asked)).cards
        state, to = "dropped", card.fields.get(field, "")
        if command.topic and command.topic not in await self.db.read(ctx, commands.wished, card.person_id):
            to = ""
        if to:
            values = spoken(command.params | command.secrets, ctx.locale, self.base_url)
            subject, text, page = write(self.render, command.template, ctx.locale, values)
            async with asyncio.timeout(SEND_S):
                await courier.send(Message(notice.id, command.channel, to, subject, text, page, ctx.locale))
            state = "sent"
        settled: Notice = await self.db.write(ctx, commands.settle, notice, state, "", card.person_id)
        return settled
