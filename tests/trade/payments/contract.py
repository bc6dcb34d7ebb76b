"""What every provider of cards must pass. Subclass `Contract` and give it a `box` (see `Box`) and a `till`.

Numbers of `JISHI_CONTRACT_ORDERS` orders (60; a release runs 1,000)."""

import asyncio
import os
from random import Random
from typing import Protocol

import pytest

from jishi.trade.payments import (
    AttemptRef,
    BadSignature,
    Intent,
    Look,
    Notify,
    OverRefund,
    Provider,
    ProviderDown,
    RefundAsk,
    ReturnAll,
    Started,
    Void,
)
from tests.kit import buyer

from .kit import ORDERS, PROVIDER, Till

MANY = int(os.environ.get("JISHI_CONTRACT_ORDERS", "60"))
CARD_NUMBERS = (b"4242424242424242", b"4000000000000002", b"4000000000009995", b"4000002500003155")
Notice = tuple[bytes, dict[str, str]]


class Box(Protocol):
    """The provider's other side: its buyers, its truth, and its plan of faults."""

    provider: Provider

    async def pay(self, ref: str, card: str = "ok") -> None: ...
    def notices(self) -> list[Notice]:
        """All that were not taken yet, signed now."""
        ...

    def sign(self, raw: bytes, key: str, seconds_ago: int = 0) -> dict[str, str]:
        """Headers over these bytes. key: live, foreign."""
        ...

    def meet(self, *fates: str) -> None:
        """What becomes of the next calls that change something: ok, drop (done, answer lost), fail (not done)."""
        ...

    def troubled(self, percent: int) -> None: ...
    def wrong_amount(self) -> None: ...
    def payments(self) -> dict[str, list[int]]:
        """Our number → amounts that were really taken."""
        ...

    def returned(self) -> list[int]:
        """Refunds that were really given, smallest units."""
        ...

    async def dispute(self, payment: str) -> None: ...
    def rotate(self) -> None:
        """Another key signs from now on; the one before is still good."""
        ...

    def dump(self) -> bytes:
        """All that it stores."""
        ...


class Contract:
    box: Box

    async def bought(self, till: Till, box: Box, minor: int = 12_900) -> tuple[Intent, str]:
        intent = await till.intend(minor, minutes=60)
        return intent, await till.ref(await till.start(intent))

    async def paid(self, till: Till, box: Box, minor: int = 1_000) -> Intent:
        intent, ref = await self.bought(till, box, minor)
        await box.pay(ref)
        await till.service.look(buyer(), Look(intent.id))
        await till.relay.drain()
        return await till.intent(intent)

    async def tell(self, till: Till, notices: list[Notice]) -> None:
        for raw, headers in notices:
            await till.service.notify(PROVIDER, Notify(self.box.provider.code, raw, headers))
        await till.relay.drain()

    async def state(self, till: Till) -> tuple[object, ...]:
        keep = ("intent_id", "minor", "currency", "effective", "reason")
        captures = sorted(tuple(c[k] for k in keep) for c in await till.rows("captures"))
        return captures, [(i["state"], i["captured"], i["refunding"]) for i in await till.rows("intents")]

    # 1
    async def test_answers_that_are_lost_make_no_second_payment(self, till: Till, box: Box):
        rng, intents = Random(1), [await till.intend(500 + n, minutes=600) for n in range(MANY)]

        async def buy(intent: Intent) -> Started:
            for _ in range(30):
                try:
                    return await till.start(intent)
                except ProviderDown:
                    till.clock.pass_time(ms=6_000)  # the buyer clicks again when the provider is tried again
            raise AssertionError("never began")

        box.meet(*[rng.choice(("drop", "ok")) for _ in range(MANY)])
        for intent in intents:
            await buy(intent)
        for attempt in await till.rows("attempts"):
            await box.pay(str(attempt["ref"]))
        await self.tell(till, box.notices())
        payments = box.payments()
        assert len(payments) == MANY
        assert all(len(p) == 1 for p in payments.values())
        assert [i["captured"] for i in await till.rows("intents")] == [500 + n for n in range(MANY)]
        assert len({a["intent_id"] for a in await till.rows("attempts")}) == len(await till.rows("attempts")) == MANY

    # 2
    async def test_notices_repeated_shuffled_and_late_change_nothing(self, till: Till, box: Box):
        rng, orders = Random(2), [await self.bought(till, box, 700 + n) for n in range(12)]
        for n, (_, ref) in enumerate(orders):
            await box.pay(ref, "declined" if n % 4 == 3 else "ok")
        for intent, _ in orders[::2]:
            await till.service.look(buyer(), Look(intent.id))
        first = box.notices()
        await self.tell(till, first)
        once = await self.state(till)
        books = await till.balances()
        again = [n for n in first for _ in range(rng.randint(0, 4))]
        rng.shuffle(again)
        await self.tell(till, again)
        till.clock.pass_time(days=3)
        await self.tell(till, [(raw, box.sign(raw, "live")) for raw, _ in again])
        assert await self.state(till) == once
        assert await till.balances() == books
        assert (await till.told()).count("captured") == 9

    # 3
    async def test_a_notice_before_our_own_answer_and_one_that_never_comes(self, till: Till, box: Box):
        early, silent = await till.intend(minutes=60), await till.intend(minutes=60)
        box.meet("drop")
        with pytest.raises(ProviderDown):
            await till.start(early)
        [(number, ref)] = [(a["number"], a["ref"]) for a in await till.rows("attempts")]
        assert ref == ""
        await box.pay(f"by number {number}")
        await self.tell(till, box.notices())
        assert (await till.intent(early)).state == "captured"
        await box.pay(await till.ref(await till.start(silent)))
        box.notices()
        await till.pass_time(seconds=60)
        assert (await till.intent(silent)).state == "captured"

    # 4
    async def test_forged_notices_are_refused_by_name(self, till: Till, box: Box):
        intent, ref = await self.bought(till, box)
        [(raw, headers), *_] = (await box.pay(ref), box.notices())[1]
        cases: list[tuple[bytes, dict[str, str], str]] = [
            (raw, {}, "missing"),
            (raw, box.sign(raw, "foreign"), "mismatch"),
            (raw[:-2] + b" }" if raw.endswith(b"}") else raw + b" ", headers, "mismatch"),
            (raw, box.sign(raw, "live", 301), "old"),
            (raw, box.sign(raw, "live", -301), "old"),
            (b"[]", box.sign(b"[]", "live"), "unreadable"),
            (b"\xff\xfe", box.sign(raw, "live"), "mismatch"),
        ]
        for body, head, reason in cases:
            with pytest.raises(BadSignature) as no:
                await till.service.notify(PROVIDER, Notify(box.provider.code, body, head))
            assert no.value.reason == reason
        assert await till.rows("notices") == []
        assert (await till.intent(intent)).state == "open"

    async def test_another_amount_and_another_order_are_no_capture(self, till: Till, box: Box):
        (cheap, cheap_ref), (dear, dear_ref) = await self.bought(till, box, 100), await self.bought(till, box, 200_000)
        box.wrong_amount()
        await box.pay(cheap_ref)
        await self.tell(till, box.notices())
        await till.pass_time(minutes=2)
        assert (await till.intent(cheap)).captured == 0
        assert await till.refunds(cheap) == [(101, "done")]
        [foreign] = [a for a in await till.rows("attempts") if a["ref"] == cheap_ref]
        [mine] = [a for a in await till.rows("attempts") if a["ref"] == dear_ref]
        looked = await box.provider.look(
            AttemptRef(str(mine["number"]), dear.id, "J2", 200_000, "CNY", str(foreign["ref"]))
        )
        assert looked.number == foreign["number"] != mine["number"]
        assert await till.balances() == {}

    # 5
    @pytest.mark.parametrize("seed", range(6))
    async def test_paying_and_voiding_at_once_end_in_one_or_the_other(self, till: Till, box: Box, seed: int):
        rng = Random(seed)
        intent, ref = await self.bought(till, box, 1_000)

        async def pays() -> None:
            await asyncio.sleep(rng.random() * 0.01)
            await box.pay(ref)
            await till.service.look(buyer(), Look(intent.id))

        async def voids() -> None:
            await asyncio.sleep(rng.random() * 0.01)
            await till.service.void(ORDERS, Void(intent.order_id))
            await till.relay.drain()

        await asyncio.gather(pays(), voids())
        await self.tell(till, box.notices())
        await till.pass_time(minutes=65)
        after, taken = await till.intent(intent), sum(sum(p) for p in box.payments().values())
        assert (after.state, after.captured, taken) in (("captured", 1_000, 1_000), ("voided", 0, 0))
        if taken:  # the order is dead: its story sends the money back
            await till.service.return_all(ORDERS, ReturnAll(intent.id, "late"))
            await till.pass_time(minutes=2)
            assert sum(box.returned()) == 1_000
        assert await till.balances() == {}

    # 6
    async def test_refunds_never_exceed_what_was_captured(self, till: Till, box: Box):
        intent = await self.paid(till, box, 1_000)
        for key in (1, 2, 3, 3, 2):
            await till.service.refund(ORDERS, RefundAsk(intent.order_id, key, 300, "cancelled", {1: 300}))
        with pytest.raises(OverRefund):
            await till.service.refund(ORDERS, RefundAsk(intent.order_id, 4, 101, "cancelled", {1: 101}))
        await till.relay.drain()
        assert sorted(box.returned()) == [300, 300, 300]
        [capture] = await till.rows("captures")
        over = await box.provider.refund(str(capture["payment"]), "rfd_beyond", 101, "CNY", "x")
        assert over.state == "refused"
        assert over.reason
        await box.dispute(str(capture["payment"]))
        await till.service.refund(ORDERS, RefundAsk(intent.order_id, 5, 100, "cancelled", {1: 100}))
        await till.relay.drain()
        assert (await till.refunds(intent))[-1] == (100, "refused")
        assert sorted(box.returned()) == [300, 300, 300]

    async def test_refunds_whose_answers_are_lost_are_given_once(self, till: Till, box: Box):
        intent = await self.paid(till, box, 1_000)
        box.meet("drop", "drop")
        await till.service.refund(ORDERS, RefundAsk(intent.order_id, 1, 400, "cancelled", {1: 400}))
        await till.relay.drain()
        await till.pass_time(minutes=10)
        assert box.returned() == [400]
        assert await till.refunds(intent) == [(400, "done")]

    # 8
    async def test_a_third_of_all_calls_failing_stops_nobody(self, till: Till, box: Box):
        box.troubled(30)
        intents = [await till.intend(900 + n, minutes=240) for n in range(10)]
        for intent in intents:
            for _ in range(40):
                try:
                    started = await till.start(intent)
                    break
                except ProviderDown:
                    till.clock.pass_time(ms=6_000)
            await box.pay(await till.ref(started))
        box.notices()
        await till.pass_time(minutes=30)
        for intent in intents[:5]:
            await till.service.refund(ORDERS, RefundAsk(intent.order_id, 1, 900, "cancelled", {1: 900}))
        await till.pass_time(minutes=60)
        box.troubled(0)
        await till.pass_time(minutes=120)
        assert {i["state"] for i in await till.rows("intents")} == {"captured"}
        assert all(len(p) == 1 for p in box.payments().values())
        assert box.returned() == [900] * 5
        assert {r["state"] for r in await till.rows("refunds")} == {"done"}
        assert await till.dead() == []

    # 9
    async def test_genuine_notices_pass_while_keys_are_replaced(self, till: Till, box: Box):
        orders = [await self.bought(till, box, 300 + n) for n in range(4)]
        for n, (_, ref) in enumerate(orders):
            await box.pay(ref)
            if n == 1:
                early = box.notices()
                box.rotate()
        await self.tell(till, box.notices() + early)
        assert {i["state"] for i in await till.rows("intents")} == {"captured"}

    # 10
    async def test_no_card_number_and_no_key_is_kept_or_logged(self, till: Till, box: Box, caplog):
        caplog.set_level("DEBUG")
        _, ref = await self.bought(till, box)
        await box.pay(ref, "declined")
        await box.pay(ref)
        await self.tell(till, box.notices())
        rows = [await till.rows(t) for t in ("attempts", "captures", "intents", "notices", "refunds")]
        seen = caplog.text.encode() + repr(rows).encode() + box.dump()
        for secret in (*CARD_NUMBERS, *self.secrets(box)):
            assert secret not in seen

    def secrets(self, box: Box) -> list[bytes]:
        return []
