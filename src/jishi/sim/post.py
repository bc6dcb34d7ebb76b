"""The mail: what was sent, how often, and a time in which the post office does not answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from random import Random

from jishi.people.notices import Message


class Post:
    """A courier of e-mail. `outage`: virtual seconds from … to of the history in which nothing is taken."""

    channel = "email"

    def __init__(self, loop: asyncio.AbstractEventLoop, chance: Random, outage: tuple[int, int]) -> None:
        self.loop, self.chance, self.outage = loop, chance, outage
        self.sent = Counter[int]()

    def mend(self) -> None:
        self.outage = (0, 0)

    async def send(self, message: Message) -> None:
        await asyncio.sleep(self.chance.choice((0, 0, 0.2)))
        if self.outage[0] <= self.loop.time() < self.outage[1]:
            raise OSError("the post office is closed")
        self.sent[message.id] += 1
