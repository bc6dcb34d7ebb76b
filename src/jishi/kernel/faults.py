"""Expected failures: a stable code, a status, a message key and a Struct body that crosses the wire."""

from __future__ import annotations

import inspect
from typing import Any, ClassVar, dataclass_transform, get_type_hints

import msgspec


@dataclass_transform()
class Fault(Exception):
    """`class OutOfStock(Fault, code="stock.out", status=409): sku: str`.

    `code` is stable and in the docs, `message` names the sentence in the catalogues (`faults.` + code unless told)."""

    registry: ClassVar[dict[str, type[Fault]]] = {}
    code: ClassVar[str]
    message: ClassVar[str]
    status: ClassVar[int]
    shape: ClassVar[type[msgspec.Struct] | None] = None
    defaults: ClassVar[dict[str, Any]] = {}
    body: msgspec.Struct

    def __init_subclass__(cls, code: str, status: int, key: str = "") -> None:
        if code in Fault.registry:
            raise TypeError(f"fault {code} exists")
        cls.code, cls.status, cls.message = code, status, key or f"faults.{code}"
        names = [n for n in inspect.get_annotations(cls) if n in cls.__dict__]
        cls.defaults = {n: cls.__dict__[n] for n in names}
        for name in names:  # a default left on the class would hide the body's value
            delattr(cls, name)
        Fault.registry[code] = cls

    def __init__(self, *args: Any, **fields: Any) -> None:
        self.body = self._shape()(*args, **fields)
        super().__init__(self.code)

    def __str__(self) -> str:
        return f"{self.code}: {self.body}"

    def __getattr__(self, name: str) -> Any:
        if name == "body":  # not built yet: no endless recursion
            raise AttributeError(name)
        return getattr(self.body, name)

    @classmethod
    def _shape(cls) -> type[msgspec.Struct]:
        if cls.__dict__.get("shape") is None:  # on first use: annotations are strings until the module is complete
            hints, own = get_type_hints(cls), cls.defaults
            fields = [
                (name, hints[name], own[name]) if name in own else (name, hints[name])
                for name in inspect.get_annotations(cls)
            ]
            cls.shape = msgspec.defstruct(cls.__name__, fields)
        return cls.shape  # type: ignore[return-value]  # just set

    def pack(self) -> bytes:
        """(code, body) for the wire or for a stored answer."""
        return msgspec.msgpack.encode((self.code, self.body))

    @staticmethod
    def unpack(raw: bytes) -> Fault:
        """The same typed fault again; a code that this process does not know stays readable."""
        code, body = msgspec.msgpack.decode(raw)
        known = Fault.registry.get(code)
        return msgspec_fault(known, body) if known else UnknownFault(code, str(body))


def msgspec_fault(kind: type[Fault], body: dict[str, Any]) -> Fault:
    """A fault from its decoded body, its fields typed again."""
    shaped = msgspec.convert(body, kind._shape())
    return kind(*[getattr(shaped, f) for f in shaped.__struct_fields__])


class UnknownFault(Fault, code="kernel.unknown", status=502):
    of: str
    detail: str


class Forbidden(Fault, code="kernel.forbidden", status=403):
    needs: str


class Unavailable(Fault, code="kernel.unavailable", status=503):
    """Nothing is known about the outcome: ask again with the same key."""

    detail: str


class FieldError(msgspec.Struct, frozen=True):
    """One wrong field: where (`recipient.phone`), which rule (`phone.invalid`), and its numbers for the sentence."""

    field: str
    code: str
    params: dict[str, str] = {}


class Invalid(Fault, code="input.invalid", status=422):
    """The input is readable but wrong; every wrong field is named at once."""

    errors: list[FieldError]
