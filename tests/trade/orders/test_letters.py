"""A letter that somebody else has in hand is not yet sent: whoever has it may have died with it."""

import pytest
from msgspec.structs import replace

from jishi.kernel import Context
from jishi.people.notices import Notice, Send
from tests.trade.fakes import Letters
from tests.trade.kit import Trade


class InHand(Letters):
    """Another teller has claimed each letter; in a minute its claim has run out."""

    def __init__(self) -> None:
        super().__init__()
        self.claimed = True

    async def send(self, ctx: Context, command: Send, /) -> Notice:
        if not self.claimed:
            return await super().send(ctx, command)
        return replace(Notice(1, command.key, command.template, command.channel, "sent", 0), state="sending")


async def test_a_letter_whose_sender_died_is_sent_when_its_claim_has_run_out(
    trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = InHand()
    monkeypatch.setattr(trade.orders, "notices", letters)  # the outer edge of this module
    await trade.buy(TEA=1)
    await trade.relay.drain()
    assert letters.templates == []
    letters.claimed = False
    trade.clock.pass_time(minutes=1)
    await trade.relay.drain()
    assert letters.templates == ["order_placed"]
    trade.clock.pass_time(minutes=10)
    await trade.relay.drain()
    assert letters.templates == ["order_placed"]
