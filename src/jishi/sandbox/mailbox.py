"""A mailbox for everybody: what the demo would have sent lies here to be read. Never part of a shop that sells."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import Index, bindparam, delete, func, select

from jishi.kernel import Database, Fault, Module, Service, Statement, Tx, reads
from jishi.kernel.columns import at, code, key, text
from jishi.people.notices import Message

KEPT, LISTED_MAX, SWEPT_AT_ONCE = 500, 100, 50

module = Module("sandbox.mailbox")
messages = module.table(
    "messages",
    key(),
    code("channel", 16),
    code("address", 254),
    code("subject", 255),
    text("body"),
    text("html"),
    code("locale", 16),
    at("sent_at"),
)
Index("ix_sandbox_mailbox_messages_address", messages.c.address, messages.c.id)

_listed = (messages.c.id, messages.c.channel, messages.c.address, messages.c.subject, messages.c.sent_at)
PUT = Statement(messages.insert(), *[c.name for c in messages.c])
NEWEST = Statement(select(*_listed).order_by(messages.c.id.desc()).limit(bindparam("most")))
NEWEST_TO = Statement(
    select(*_listed)
    .where(messages.c.address == bindparam("to_whom"))
    .order_by(messages.c.id.desc())
    .limit(bindparam("most"))
)
ONE = Statement(select(messages).where(messages.c.id == bindparam("message")))
COUNT = Statement(select(func.count()).select_from(messages))
OLDEST = Statement(select(messages.c.id).order_by(messages.c.id).limit(bindparam("most")))
DROP = Statement(delete(messages).where(messages.c.id.in_(bindparam("ids", expanding=True))))


class MailList(Struct, frozen=True):
    """Newest first, ≤ 100; `to` is an e-mail address or a phone in E.164, "" = everybody's."""

    to: str = ""
    limit: int = 50


class MailRow(Struct, frozen=True):
    id: int
    channel: str
    to: str
    subject: str
    at: int


class Mails(Struct, frozen=True):
    rows: list[MailRow]


class MailQuery(Struct, frozen=True):
    id: int


class Mail(Struct, frozen=True):
    id: int
    channel: str
    to: str
    subject: str
    body: str
    html: str
    locale: str
    at: int


class NoMail(Fault, code="mailbox.none", status=404):
    id: int


def put(tx: Tx, message: Message) -> None:
    """In the box once an id; the oldest leave so that 500 stay."""
    if not tx.once(
        PUT,
        id=message.id, channel=message.channel, address=message.to.lower(), subject=message.subject,
        body=message.body, html=message.html, locale=message.locale, sent_at=tx.now,
    ):  # fmt: skip
        return
    if (spare := tx.row(COUNT)[0] - KEPT) > 0:
        tx.run(DROP, ids=[r[0] for r in tx.rows(OLDEST, most=min(spare, SWEPT_AT_ONCE))])


def mails(tx: Tx, query: MailList) -> Mails:
    most = max(0, min(query.limit, LISTED_MAX))
    rows = tx.rows(NEWEST_TO, to_whom=query.to.lower(), most=most) if query.to else tx.rows(NEWEST, most=most)
    return Mails([MailRow(*r) for r in rows])


def mail(tx: Tx, query: MailQuery) -> Mail:
    row = tx.row(ONE, message=query.id)
    if row is None:
        raise NoMail(query.id)
    return Mail(*row)


class MailboxService(Service):
    """What the mailbox page asks."""

    mails = reads(mails, needs="sandbox:mailbox:see")
    mail = reads(mail, needs="sandbox:mailbox:see")


class MailboxCourier:
    """A courier (`jishi.people.notices.Courier`) whose every message arrives at once."""

    def __init__(self, db: Database, channel: str = "email") -> None:
        self.db, self.channel = db, channel

    async def send(self, message: Message) -> None:
        await self.db.write(None, put, message)
