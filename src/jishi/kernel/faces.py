"""Faces: a verb bound to its unit in one line, and the same face over the wire."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from abc import ABC
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, ClassVar, TypeVar, cast, get_type_hints

import msgspec

from .context import Context
from .faults import Fault, Forbidden, Unavailable
from .handlers import Handler
from .sql import Database, Tx

C = TypeVar("C")
V = TypeVar("V")
F = TypeVar("F", bound="Face")
Verb = Callable[[Any, Context, C], Coroutine[Any, Any, V]]
Grants = Mapping[str, frozenset[str]]
Transport = Callable[[str, bytes], Awaitable[tuple[int, bytes]]]


class Face(ABC):
    """Abstract async verbs `verb(ctx, command, /) -> view`, typed with Structs."""

    name: ClassVar[str]


class Service:
    """What a face's implementation stands on. `grants` says which role or module may do what; nothing is granted by default."""

    def __init__(self, db: Database, grants: Grants) -> None:
        self.db, self.grants, self._batches = db, grants, dict[str, Batch]()

    def handlers(self) -> Sequence[Handler]:
        return ()

    def check(self, ctx: Context, needs: str) -> None:
        if needs not in self.grants.get(ctx.via or ctx.actor.role, frozenset()):
            raise Forbidden(needs)


def writes(unit: Callable[[Tx, C], V], *, needs: str) -> Verb[C, V]:
    """A verb that is one transaction."""

    async def verb(self: Service, ctx: Context, command: C, /) -> V:
        self.check(ctx, needs)
        return cast(V, await self.db.write(ctx, unit, command))

    return verb


def reads(unit: Callable[[Tx, C], V], *, needs: str) -> Verb[C, V]:
    """A verb that only looks."""

    async def verb(self: Service, ctx: Context, query: C, /) -> V:
        self.check(ctx, needs)
        return cast(V, await self.db.read(ctx, unit, query))

    return verb


class Ask(msgspec.Struct, frozen=True):
    """One caller's command in a batch."""

    ctx: Context
    command: Any


def batched(
    unit: Callable[[Tx, Sequence[Ask]], Sequence[V | Fault]], *, needs: str
) -> Callable[[Any, Context, Any], Coroutine[Any, Any, V]]:
    """A verb that shares its transaction with all callers that queued meanwhile; the unit answers each, with a view or a fault."""

    async def verb(self: Service, ctx: Context, command: Any, /) -> V:
        self.check(ctx, needs)
        batch = self._batches.get(unit.__name__) or self._batches.setdefault(unit.__name__, Batch(self.db, unit))
        return cast(V, await batch(Ask(ctx, command)))

    return verb


class Batch:
    """Gathers what queued while the last batch ran (window 0)."""

    def __init__(self, db: Database, unit: Callable[..., Any], cap: int = 256) -> None:
        self.db, self.unit, self.cap = db, unit, cap
        self.waiting: list[tuple[Ask, asyncio.Future[Any]]] = []
        self.task: asyncio.Task[None] | None = None

    async def __call__(self, ask: Ask) -> Any:
        answer = asyncio.get_running_loop().create_future()
        self.waiting.append((ask, answer))
        if self.task is None:
            self.task = asyncio.create_task(self._drain())  # kept: the loop holds tasks weakly
        return await answer

    async def _drain(self) -> None:
        while self.waiting:
            now, self.waiting = self.waiting[: self.cap], self.waiting[self.cap :]
            answers = await self._answers([a for a, _ in now])
            for (_, future), a in zip(now, answers, strict=True):
                if not future.done():
                    future.set_exception(a) if isinstance(a, BaseException) else future.set_result(a)
        self.task = None

    async def _answers(self, asks: Sequence[Ask]) -> Sequence[Any]:
        try:
            return cast(Sequence[Any], await self.db.write(None, self.unit, asks))
        except Exception as e:
            if len(asks) == 1:
                return [e]
        return [a for ask in asks for a in await self._answers([ask])]  # one bad ask must not fail its neighbours


# --- the same face over the wire ---------------------------------------------------------------------------------------


class Call(msgspec.Struct, array_like=True):
    ctx: bytes
    seal: bytes
    command: msgspec.Raw


def verbs(face: type[Face]) -> dict[str, tuple[Any, Any]]:
    """Verb → (type of its command, type of its view), from the type hints."""
    found = {}
    for name in sorted(face.__abstractmethods__):
        hints = get_type_hints(getattr(face, name))
        found[name] = next(t for n, t in hints.items() if n not in ("ctx", "return")), hints["return"]
    return found


def seal(key: bytes, path: str, ctx: bytes, command: bytes) -> bytes:
    return hmac.digest(key, b"\0".join((path.encode(), ctx, hashlib.sha256(command).digest())), "sha256")


def endpoint(faces: Mapping[type[Face], Face], key: bytes) -> Transport:
    """`POST /rpc/<face>/<verb>`: bytes in, status and bytes out; expected faults typed, anything else 500 and no word more."""
    table = {
        f"/rpc/{face.name}/{verb}": (getattr(it, verb), msgspec.msgpack.Decoder(types[0]))
        for face, it in faces.items()
        for verb, types in verbs(face).items()
    }
    call, context = msgspec.msgpack.Decoder(Call), msgspec.msgpack.Decoder(Context)

    async def answer(path: str, body: bytes) -> tuple[int, bytes]:
        if path not in table:
            return 404, b""
        method, command = table[path]
        try:
            asked = call.decode(body)
            if not hmac.compare_digest(asked.seal, seal(key, path, asked.ctx, bytes(asked.command))):
                return 401, Forbidden("seal").pack()
            ctx, cmd = context.decode(asked.ctx), command.decode(asked.command)
        except msgspec.DecodeError:
            return 400, b""
        try:
            async with asyncio.timeout(ctx.budget_ms / 1000):
                return 200, msgspec.msgpack.encode(await method(ctx, cmd))
        except Fault as e:
            return e.status, e.pack()
        except TimeoutError:
            return 503, Unavailable("deadline").pack()
        except Exception:
            return 500, b""

    return answer


def client(face: type[F], send: Transport, key: bytes, tries: int = 3) -> F:
    """An object with the face's verbs that asks the service; the caller cannot tell. Every command carries its key, so a lost answer is asked for again."""

    def remote(name: str, view: Any) -> Any:
        path, decoder = f"/rpc/{face.name}/{name}", msgspec.msgpack.Decoder(view)

        async def verb(self: Any, ctx: Context, command: Any, /) -> Any:
            head, cmd = msgspec.msgpack.encode(ctx), msgspec.msgpack.encode(command)
            body = msgspec.msgpack.encode(Call(head, seal(key, path, head, cmd), msgspec.Raw(cmd)))
            for left in reversed(range(tries)):
                try:
                    async with asyncio.timeout(ctx.budget_ms / 1000):
                        status, raw = await send(path, body)
                    break
                except (OSError, TimeoutError) as e:
                    if not left:
                        raise Unavailable(f"{path}: {e!r}") from e
            if status == 200:
                return decoder.decode(raw)
            raise Fault.unpack(raw) if raw else Unavailable(f"{path}: {status}")

        return verb

    made = type(f"Remote{face.__name__}", (face,), {n: remote(n, view) for n, (_, view) in verbs(face).items()})
    return cast(F, made())
