"""What may be wrong with a request before any module has seen it."""

from jishi.kernel import Fault


class Unreadable(Fault, code="web.unreadable", status=400):
    """The body, a parameter or a header is not of its form."""


class NeedsSession(Fault, code="web.needs_session", status=401):
    """For the API: open a session first (`POST /api/v1/sessions`)."""


class Forged(Fault, code="web.forged", status=403):
    """The form was not made by this shop for this visitor, or has grown too old. reason: origin, token."""

    reason: str


class NoPage(Fault, code="web.no_page", status=404):
    pass


class WrongMethod(Fault, code="web.method", status=405):
    pass


class TooLarge(Fault, code="web.too_large", status=413):
    pass


class WrongMedia(Fault, code="web.media_type", status=415):
    """`wanted` is what this address reads."""

    wanted: str


class Busy(Fault, code="web.too_many", status=429):
    """This many requests of this kind are too many for one person or network."""

    retry_after_s: int


class Broken(Fault, code="web.broken", status=500):
    """Our mistake. The request's id finds it in the log; nothing else is told."""

    trace: str
