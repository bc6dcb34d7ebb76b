"""The same face over the wire: an endpoint that serves it, and a client whose caller cannot tell."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Mapping
from typing import Any, TypeVar, cast, get_type_hints

import msgspec

from .context import Context
from .deadline import rest_ms, within
from .faces import Face, Transport
from .faults import Fault, Forbidden, Unavailable

MAX_BODY = 1 << 20  # bytes of a command
MAX_ANSWER = 8 << 20
MAX_BUDGET_MS = 60_000
TRIES = 3
PAUSE_S = 0.02  # before the second try, then doubled
BREAK_AFTER = 5  # failures in a row
OPEN_S = 2.0  # so long a broken circuit refuses at once; then one call tries
FAIR_MS = 500  # a peer that misses a shorter deadline is not dead

F = TypeVar("F", bound=Face)
log = logging.getLogger(__name__)


class Call(msgspec.Struct, array_like=True):
    """The context, a seal over path + context + command, and the command."""

    ctx: bytes
    seal: bytes
    command: msgspec.Raw


def verbs(face: type[Face]) -> dict[str, tuple[Any, Any]]:
    """Verb → (type of its command, type of its view), from the type hints."""
    found = {}
    for name in sorted(face.__abstractmethods__):
        hints = get_type_hints(getattr(face, name))
        found[name] = next(t for n, t in hints.items() if n not in {"ctx", "return"}), hints["return"]
    return found


def seal(key: bytes, path: str, ctx: bytes, command: bytes) -> bytes:
    """Nobody without the key changes who asks, for what, or where."""
    return hmac.digest(key, b"\0".join((path.encode(), hashlib.sha256(ctx).digest(), command)), "sha256")


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
        if len(body) > MAX_BODY:
            return 413, b""
        method, command = table[path]
        try:
            asked = call.decode(body)
            if not hmac.compare_digest(asked.seal, seal(key, path, asked.ctx, bytes(asked.command))):
                return 401, Forbidden("seal").pack()
            ctx, cmd = context.decode(asked.ctx), command.decode(asked.command)
        except msgspec.DecodeError:
            return 400, b""
        try:
            async with within(min(ctx.budget_ms, MAX_BUDGET_MS)):
                return 200, msgspec.msgpack.encode(await method(ctx, cmd))
        except Fault as e:
            return e.status, e.pack()
        except TimeoutError:
            return 503, Unavailable("deadline").pack()
        except Exception:
            log.exception("a verb failed", extra={"path": path, "trace": ctx.trace})
            return 500, b""

    return answer


class Breaker:
    """A peer that failed five times in a row is not asked for two seconds; then one call tries."""

    def __init__(self) -> None:
        self.failures, self.open_until = 0, 0.0

    def check(self, path: str) -> None:
        now = asyncio.get_running_loop().time()
        if self.failures >= BREAK_AFTER:
            if now < self.open_until:
                raise Unavailable(f"{path}: circuit open")
            self.open_until = now + OPEN_S

    def failed(self) -> None:
        self.failures += 1
        if self.failures >= BREAK_AFTER:
            self.open_until = asyncio.get_running_loop().time() + OPEN_S

    def worked(self) -> None:
        self.failures = 0


class Peer:
    """Asks one service, within the caller's deadline; a lost answer is asked for again."""

    def __init__(self, send: Transport, key: bytes, tries: int) -> None:
        self.send, self.key, self.tries, self.breaker = send, key, tries, Breaker()

    async def ask(self, path: str, ctx: Context, command: Any, tries: int) -> tuple[int, bytes]:
        """Status and body. Unavailable: the outcome is not known."""
        budget, why = rest_ms(ctx.budget_ms), "deadline"
        cmd = msgspec.msgpack.encode(command)
        if len(cmd) > MAX_BODY - 4096:  # the context needs room too
            raise ValueError(f"{path}: {len(cmd)} bytes are too many")
        if not budget:
            raise Unavailable(f"{path}: {why}")
        try:
            async with within(budget):
                for n in range(tries):
                    self.breaker.check(path)
                    if n:
                        await asyncio.sleep(PAUSE_S * 2 ** (n - 1))
                    head = msgspec.msgpack.encode(msgspec.structs.replace(ctx, budget_ms=rest_ms(budget)))
                    body = msgspec.msgpack.encode(Call(head, seal(self.key, path, head, cmd), msgspec.Raw(cmd)))
                    try:
                        got = await self.send(path, body)
                    except OSError as e:
                        self.breaker.failed()
                        why = repr(e)
                    else:
                        self.breaker.worked()
                        return got
        except TimeoutError:
            if budget >= FAIR_MS:
                self.breaker.failed()
        raise Unavailable(f"{path}: {why}")


def client(face: type[F], send: Transport, key: bytes, tries: int = TRIES) -> F:
    """An object with the face's verbs that asks the service. Faults come back as the same typed ones."""
    peer = Peer(send, key, tries)

    def remote(name: str, view: Any) -> Any:
        path, decoder = f"/rpc/{face.name}/{name}", msgspec.msgpack.Decoder(view)
        times = 1 if hasattr(getattr(face, name), "asked_once") else tries

        async def verb(self: Any, ctx: Context, command: Any, /) -> Any:
            status, raw = await peer.ask(path, ctx, command, times)
            try:
                if status == 200:
                    return decoder.decode(raw)
                fault = Fault.unpack(raw) if raw else Unavailable(f"{path}: {status}")
            except msgspec.DecodeError as e:
                raise Unavailable(f"{path}: not understood") from e
            raise fault

        return verb

    made = type(f"Remote{face.__name__}", (face,), {n: remote(n, view) for n, (_, view) in verbs(face).items()})
    return cast(F, made())
