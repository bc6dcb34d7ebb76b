"""What every driver of the document port does. A driver is added to `DRIVERS`, and must pass as it is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from jishi.kernel import Context, Database, Event, Handler, Relay, Tx, Unavailable, World
from jishi.kernel.documents import EVENTS_MAX, Documents, DocumentSource, Find, Index, Kind, Known
from jishi.kernel.mailboxes import DEAD, WAITING
from jishi.kernel.memory_documents import MemoryDocuments
from jishi.kernel.source import TRIES
from jishi.kernel.sqlite import SqliteEngine
from jishi.kernel.sqlite_documents import SqliteDocuments
from tests.kit import Clock, engine_on

from . import probe
from .probe import NOTE, noted


class Seal(Struct, frozen=True):
    at: int


class Review(Struct, frozen=True):
    product_id: int
    stars: int
    text: str
    seal: Seal = Seal(0)
    slug: str | None = None


class Reviewed(Event, tag="reviews.reviewed"):
    product_id: int
    stars: int


REVIEWS = Kind(
    "tests.reviews",
    Review,
    Index(("product_id", "stars")),
    Index(("product_id",)),
    Index(("seal.at",)),
    Index(("slug",), unique=True),
)


@asynccontextmanager
async def sqlite_documents(path: Path, world: World) -> AsyncIterator[Documents]:
    engine = SqliteEngine(world, str(path / "documents.db"), modules=[])
    await engine.open()
    yield SqliteDocuments(engine)
    await engine.close()


@asynccontextmanager
async def memory_documents(path: Path, world: World) -> AsyncIterator[Documents]:
    yield MemoryDocuments(world)


DRIVERS = {"sqlite": sqlite_documents, "memory": memory_documents}


@pytest.fixture(params=DRIVERS)
async def documents(request: pytest.FixtureRequest, tmp_path: Path, world: World) -> AsyncIterator[Documents]:
    async with DRIVERS[request.param](tmp_path, world) as documents:
        await documents.declare(REVIEWS)
        yield documents


async def test_a_document_is_inserted_once(documents: Documents) -> None:
    first = Review(1, 5, "很好")
    assert await documents.insert(REVIEWS, "a", first, Reviewed(1, 5)) is True
    assert await documents.insert(REVIEWS, "a", Review(1, 1, "other"), Reviewed(1, 1)) is False
    found = await documents.get(REVIEWS, ["a", "b"])
    assert list(found) == ["a"]
    assert (found["a"].version, found["a"].body) == (1, first)
    (carrier,) = await documents.carriers(REVIEWS, WAITING, 10)
    assert [e.topic for e in carrier.events] == ["reviews.reviewed"]


async def test_a_change_needs_the_version_that_was_read(documents: Documents) -> None:
    await documents.insert(REVIEWS, "a", Review(1, 5, "x"))
    assert await documents.replace(REVIEWS, "a", 1, Review(1, 4, "y")) is True
    assert await documents.replace(REVIEWS, "a", 1, Review(1, 3, "z"), Reviewed(1, 3)) is False
    assert await documents.replace(REVIEWS, "b", 1, Review(1, 3, "z")) is False
    found = (await documents.get(REVIEWS, ["a"]))["a"]
    assert (found.version, found.body) == (2, Review(1, 4, "y"))
    assert await documents.carriers(REVIEWS, WAITING, 10) == []


async def test_a_document_takes_no_more_events_than_it_may_carry(documents: Documents) -> None:
    await documents.insert(REVIEWS, "a", Review(1, 5, "0"))
    for n in range(1, EVENTS_MAX + 1):
        assert await documents.replace(REVIEWS, "a", n, Review(1, 5, str(n)), Reviewed(1, 5))
    with pytest.raises(Unavailable):
        await documents.replace(REVIEWS, "a", EVENTS_MAX + 1, Review(1, 5, "x"), Reviewed(1, 5))
    assert (await documents.get(REVIEWS, ["a"]))["a"].body.text == str(EVENTS_MAX)


async def test_of_many_changes_of_one_version_one_wins(documents: Documents) -> None:
    await documents.insert(REVIEWS, "a", Review(1, 0, ""))
    won = await asyncio.gather(*[documents.replace(REVIEWS, "a", 1, Review(1, n, "")) for n in range(1, 30)])
    assert won.count(True) == 1
    found = (await documents.get(REVIEWS, ["a"]))["a"]
    assert (found.version, found.body.stars) == (2, won.index(True) + 1)


async def test_a_unique_index_refuses_and_nothing_changes(documents: Documents) -> None:
    await documents.insert(REVIEWS, "a", Review(1, 5, "", slug="tea"))
    await documents.insert(REVIEWS, "b", Review(1, 5, "", slug="road"))
    with pytest.raises(Known):
        await documents.insert(REVIEWS, "c", Review(1, 5, "", slug="tea"), Reviewed(1, 5))
    with pytest.raises(Known):
        await documents.replace(REVIEWS, "b", 1, Review(1, 5, "", slug="tea"), Reviewed(1, 5))
    assert set(await documents.get(REVIEWS, ["a", "b", "c"])) == {"a", "b"}
    assert (await documents.get(REVIEWS, ["b"]))["b"].version == 1
    assert await documents.carriers(REVIEWS, WAITING, 10) == []
    for id in ("d", "e"):  # without a value there is nothing to be unique
        assert await documents.insert(REVIEWS, id, Review(1, 5, ""))


async def test_documents_are_found_in_order_page_by_page(documents: Documents) -> None:
    for n in range(25):
        await documents.insert(REVIEWS, f"r{n:02d}", Review(n % 2, n // 10, "", Seal(n)))
    seen, after = list[str](), None
    while page := await documents.find(
        REVIEWS, Find({"product_id": 1}, sort="stars", descending=True, after=after, limit=5)
    ):
        seen += [d.id for d in page]
        after = (page[-1].body.stars, page[-1].id)
    assert seen == sorted(
        (f"r{n:02d}" for n in range(1, 25, 2)), key=lambda name: (-(int(name[1:]) // 10), -int(name[1:]))
    )
    assert [d.id for d in await documents.find(REVIEWS, Find({"product_id": 0}, limit=2))] == ["r00", "r02"]
    assert [d.id for d in await documents.find(REVIEWS, Find(sort="seal.at", after=(22, "r22")))] == ["r23", "r24"]
    assert len(await documents.find(REVIEWS, Find())) == 25
    assert await documents.count(REVIEWS, {"product_id": 1}) == 12
    assert await documents.count(REVIEWS, {"product_id": 1, "stars": 2}) == 2


@pytest.mark.parametrize(
    "find",
    [
        Find({"stars": 5}),
        Find({"text": "x"}),
        Find(sort="stars"),
        Find({"product_id": 1}, sort="seal.at"),
        Find(limit=101),
        Find(limit=0),
    ],
)
async def test_a_question_without_an_index_or_a_limit_is_refused(documents: Documents, find: Find) -> None:
    with pytest.raises(ValueError, match=r"index|limit"):
        await documents.find(REVIEWS, find)
    with pytest.raises(ValueError, match="index"):
        await documents.count(REVIEWS, {"stars": 1})


async def test_too_much_is_refused(documents: Documents) -> None:
    with pytest.raises(ValueError, match="ids"):
        await documents.get(REVIEWS, [str(n) for n in range(101)])
    with pytest.raises(ValueError, match="bytes"):
        await documents.insert(REVIEWS, "a", Review(1, 5, "x" * (1 << 20)))
    with pytest.raises(Unavailable):
        await documents.insert(REVIEWS, "a", Review(1, 5, ""), *[Reviewed(1, 1)] * 101)
    assert await documents.get(REVIEWS, ["a"]) == {}
    with pytest.raises(ValueError, match="names"):
        Kind("a; drop table b", Review)


async def test_a_removed_document_is_gone_and_its_last_events_are_not(documents: Documents) -> None:
    await documents.insert(REVIEWS, "a", Review(1, 5, "", slug="tea"))
    assert await documents.remove(REVIEWS, "a", 2) is False
    assert await documents.remove(REVIEWS, "a", 1) is True
    assert await documents.carrier(REVIEWS, "a") is None
    assert await documents.insert(REVIEWS, "a", Review(1, 4, "", slug="tea"), Reviewed(1, 4))
    assert await documents.remove(REVIEWS, "a", 1, Reviewed(1, 0)) is True
    assert await documents.get(REVIEWS, ["a"]) == {}
    assert await documents.find(REVIEWS, Find({"product_id": 1})) == []
    assert await documents.count(REVIEWS, {}) == 0
    assert await documents.insert(REVIEWS, "b", Review(1, 5, "", slug="tea"))
    carrier = await documents.carrier(REVIEWS, "a")
    assert carrier is not None
    assert carrier.gone
    assert len(carrier.events) == 2
    assert await documents.carry(REVIEWS, carrier, [])
    assert await documents.carrier(REVIEWS, "a") is None


async def test_events_are_carried_on_only_over_the_write_that_was_seen(documents: Documents) -> None:
    await documents.insert(REVIEWS, "a", Review(1, 5, ""), Reviewed(1, 5))
    carrier = await documents.carrier(REVIEWS, "a")
    assert carrier is not None
    await documents.replace(REVIEWS, "a", 1, Review(1, 4, ""), Reviewed(1, 4))
    assert await documents.carry(REVIEWS, carrier, []) is False
    carrier = await documents.carrier(REVIEWS, "a")
    assert carrier is not None
    assert len(carrier.events) == 2
    assert await documents.carry(REVIEWS, carrier, carrier.events[:1]) is True
    assert (await documents.get(REVIEWS, ["a"]))["a"].version == 2  # the body has not changed


async def test_what_was_answered_is_there_after_a_restart_and_a_new_index_serves_old_documents(
    tmp_path: Path, world: World
) -> None:
    old = Kind("tests.growing", Review, Index(("product_id",)))
    async with sqlite_documents(tmp_path, world) as documents:
        await documents.declare(old)
        await documents.insert(old, "a", Review(1, 5, "", Seal(7)), Reviewed(1, 5))
    grown = Kind("tests.growing", Review, Index(("product_id",)), Index(("seal.at",)))
    async with sqlite_documents(tmp_path, world) as documents:
        await documents.declare(grown)
        await documents.declare(grown)
        assert [d.id for d in await documents.find(grown, Find({"seal.at": 7}))] == ["a"]
        assert len(await documents.carriers(grown, WAITING, 10)) == 1


# --- with the relay ---------------------------------------------------------------------------------------------------


class House:
    """A neighbour that notes reviews, and one who is told of them."""

    def __init__(self, documents: Documents, db: Database) -> None:
        self.documents, self.db, self.told, self.broken = documents, db, list[int](), set[int]()

        def note(tx: Tx, event: Reviewed) -> None:
            tx.run(NOTE, id=event.product_id, coins=event.stars)
            if event.product_id in self.broken:
                raise ValueError("broken")

        async def tell(ctx: Context, event: Reviewed) -> None:
            self.told.append(event.product_id)

        handlers = [Handler(db, Reviewed, unit=note), Handler(db, Reviewed, story=tell)]
        self.relay = Relay(documents.world, [db, DocumentSource(documents, REVIEWS)], handlers)
        documents.on_commit = self.relay.wake


@pytest.fixture
async def house(documents: Documents, tmp_path: Path, world: World) -> AsyncIterator[House]:
    async with engine_on("sqlite", tmp_path, world, [probe.module, probe.other]) as engine:
        yield House(documents, Database(engine, probe.other))


async def test_the_relay_delivers_what_documents_carry(house: House) -> None:
    woken = list[tuple[str, int]]()
    house.documents.on_commit = lambda kind, due_at: woken.append((kind.name, due_at))
    for n in range(1, 4):
        await house.documents.insert(REVIEWS, f"r{n}", Review(n, 5, ""), Reviewed(n, 5))
    await house.documents.insert(REVIEWS, "quiet", Review(9, 5, ""))
    assert woken == [("tests.reviews", 0)] * 3
    await house.relay.drain()
    assert house.told == [1, 2, 3]
    assert await house.db.read(None, noted) == [(1, 5), (2, 5), (3, 5)]
    assert await house.documents.carriers(REVIEWS, WAITING, 10) == []
    await house.relay.drain()
    assert house.told == [1, 2, 3]


async def test_a_failing_event_waits_in_its_document_dies_and_is_sent_again(house: House, clock: Clock) -> None:
    house.broken = {2}
    await house.documents.insert(REVIEWS, "two", Review(2, 5, ""), Reviewed(2, 5))
    await house.relay.drain()
    assert house.told == [2]
    for n in range(1, TRIES):
        clock.pass_time(minutes=31)
        await house.documents.replace(REVIEWS, "two", n, Review(2, 5, str(n)))  # changes do not lose it
        await house.relay.drain()
    assert await house.documents.carriers(REVIEWS, WAITING, 10) == []
    (letter,) = await house.relay.dead()
    assert (letter.of, letter.topic, letter.tries, letter.fault) == (
        "tests.reviews", "reviews.reviewed", TRIES, "ValueError('broken')",
    )  # fmt: skip
    assert await house.db.read(None, noted) == []
    house.broken.clear()
    await house.relay.retry(letter.id)
    await house.relay.drain()
    assert await house.db.read(None, noted) == [(2, 5)]
    assert house.told == [2]
    assert await house.documents.carriers(REVIEWS, DEAD, 10) == []


async def test_many_events_of_many_documents_arrive_each_once(house: House) -> None:
    async def write(n: int) -> Any:
        await house.documents.insert(REVIEWS, f"r{n}", Review(n, 0, ""), Reviewed(n, 0))
        if n % 3 == 0:
            await house.documents.remove(REVIEWS, f"r{n}", 1)

    await asyncio.gather(*[write(n) for n in range(250)], house.relay.drain(), house.relay.drain())
    await house.relay.drain()
    assert await house.db.read(None, noted) == [(n, 0) for n in range(250)]
    assert await house.documents.count(REVIEWS, {}) == 250 - 84
    assert await house.documents.carrier(REVIEWS, "r3") is None
