"""A second process that serves the probe's face: `python -m tests.kernel.serve_probe FILE PORT`; it prints its port."""

import asyncio
import sys

from jishi.kernel import Context, Database, Face, Module, Service, World, batched, each, endpoint, reads
from jishi.kernel.http import serve
from jishi.kernel.sqlite import SqliteEngine

from . import probe

GRANTS = {"buyer": frozenset({"probe:take", "probe:look"})}
KEY = b"a key for tests"


class PursesService(Service, probe.Purses):
    take = batched(each(probe.take), needs="probe:take")
    look = reads(probe.look, needs="probe:look")

    async def slow(self, ctx: Context, query: probe.Look, /) -> probe.Found:
        """Longer than any deadline."""
        await asyncio.sleep(600)
        return probe.Found([])


async def main(path: str, port: int) -> None:
    modules: list[Module] = [probe.module]
    engine = SqliteEngine(World(node=2), path, modules=modules)
    await engine.open()
    faces: dict[type[Face], Face] = {probe.Purses: PursesService(Database(engine, probe.module), GRANTS)}
    await serve(endpoint(faces, KEY), port, lambda port: print(port, flush=True))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
