"""The gateway in memory keeps the contract."""

import pytest

from jishi.kernel import Engine, World
from jishi.sandbox.memory import MemoryCard, sign
from tests.kit import Clock

from .contract import Contract, Notice
from .kit import Till, open_till


class MemoryBox:
    def __init__(self, world: World) -> None:
        self.world, self.provider = world, MemoryCard(world)

    async def pay(self, ref: str, card: str = "ok") -> None:
        if ref.startswith("by number "):
            ref = self.provider.by_number[ref.removeprefix("by number ")]
        self.provider.pay(ref, card)

    def notices(self) -> list[Notice]:
        signed = [self.provider.notice(note) for note in self.provider.outbox]
        self.provider.outbox.clear()
        return [(n.raw, n.headers) for n in signed]

    def sign(self, raw: bytes, key: str, seconds_ago: int = 0) -> dict[str, str]:
        at = self.world.now() - seconds_ago * 1000
        secret = self.provider.secrets[0] if key == "live" else b"f" * 32
        return {"signature": sign(secret, raw, at), "signed-at": str(at)}

    def meet(self, *fates: str) -> None:
        self.provider.planned.extend(fates)

    def troubled(self, percent: int) -> None:
        self.provider.plan.fail = percent / 200
        self.provider.plan.drop = percent / 200

    def wrong_amount(self) -> None:
        self.provider.plan.wrong_amount = 1.0

    def payments(self) -> dict[str, list[int]]:
        return {p.attempt.number: [p.minor] for p in self.provider.pages.values() if p.state == "captured"}

    def returned(self) -> list[int]:
        return [b.minor for b in self.provider.backs.values() if b.state == "done"]

    async def dispute(self, payment: str) -> None:
        self.provider.disputed.add(payment)

    def rotate(self) -> None:
        self.provider.secrets = [b"n" * 32, self.provider.secrets[0]]

    def dump(self) -> bytes:
        return repr((self.provider.pages, self.provider.backs, self.provider.outbox)).encode()


class TestMemory(Contract):
    @pytest.fixture
    def box(self, world: World) -> MemoryBox:
        self.box = MemoryBox(world)
        return self.box

    @pytest.fixture
    def till(self, engine: Engine, world: World, clock: Clock, box: MemoryBox) -> Till:
        return open_till(engine, world, clock, box.provider)
