"""What every courier of e-mail does: the mailbox of the demo and SMTP to a server on this machine."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.policy import default

import pytest

from jishi.kernel import SYSTEM, Forbidden
from jishi.people.notices import Message
from jishi.people.notices.smtp import SmtpCourier
from jishi.sandbox.mailbox import KEPT, MailboxCourier, MailboxService, MailList, MailQuery, MailRow, NoMail
from tests.kit import Clock, buyer
from tests.people.kit import People, count, database

LETTER = Message(
    5, "email", "Lin@example.com", "订单 J1 已提交", "合计 ¥129.00\n.\n再见", "<p>合计 ¥129.00</p>", "zh-CN"
)


class Server:
    """Just enough of RFC 5321 to take a letter, or to refuse its recipient."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.refuse = False

    async def talk(self, r: asyncio.StreamReader, w: asyncio.StreamWriter) -> None:
        w.write(b"220 box.example\r\n")
        while line := await r.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                w.write(b"354 go\r\n")
                raw = await r.readuntil(b"\r\n.\r\n")
                self.letters.append(raw[:-5].replace(b"\r\n..", b"\r\n."))
                w.write(b"250 taken\r\n")
            elif verb == b"EHLO":
                w.write(b"250-box.example\r\n250 SMTPUTF8\r\n")
            elif verb == b"RCPT" and self.refuse:
                w.write(b"550 no such box\r\n")
            elif verb == b"QUIT":
                w.write(b"221 bye\r\n")
                break
            else:
                w.write(b"250 ok\r\n")
        await w.drain()
        w.close()


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, int]]:
    it = Server()
    async with await asyncio.start_server(it.talk, "127.0.0.1", 0) as listening:
        yield it, listening.sockets[0].getsockname()[1]


async def test_smtp_hands_over_text_and_html(server: tuple[Server, int]) -> None:
    it, port = server
    await SmtpCourier("127.0.0.1", "集市 <shop@example.com>", port, tls="none").send(LETTER)
    letter = message_from_bytes(it.letters[0], policy=default)
    assert (letter["Subject"], letter["To"], letter["From"]) == (
        LETTER.subject,
        "Lin@example.com",
        "集市 <shop@example.com>",
    )
    assert (letter["Message-ID"], letter["Auto-Submitted"], letter["Content-Language"]) == (
        "<5@example.com>",
        "auto-generated",
        "zh-CN",
    )
    assert letter.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == LETTER.body
    assert letter.get_body(("html",)).get_content().strip() == LETTER.html


async def test_a_refusal_raises(server: tuple[Server, int]) -> None:
    it, port = server
    it.refuse = True
    with pytest.raises(Exception, match="no such box"):
        await SmtpCourier("127.0.0.1", "shop@example.com", port, tls="none").send(LETTER)
    assert it.letters == []


def test_a_setting_that_would_leak_is_refused() -> None:
    for wrong in ({"tls": "none", "password": "x"}, {"tls": "maybe"}):
        with pytest.raises(ValueError, match=r"tls|clear"):
            SmtpCourier("host", "shop@example.com", **wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="sender"):
        SmtpCourier("host", "nobody")


async def test_a_header_cannot_be_smuggled_in() -> None:
    courier = SmtpCourier("host", "shop@example.com")
    with pytest.raises(ValueError, match=r"(?i)linefeed|cr|newline|header"):
        courier.letter(Message(5, "email", "a@example.com", "x\r\nBcc: b@example.com", "t", "<p>", "en"))


async def test_the_mailbox_keeps_what_was_sent_to_an_address(people: People, clock: Clock) -> None:
    db = database(people.engine, "sandbox.mailbox")
    box, courier = MailboxService(db, people.vault.grants), MailboxCourier(db)
    await courier.send(LETTER)
    await courier.send(LETTER)  # the same id again is the same letter
    clock.pass_time(seconds=1)
    await courier.send(Message(6, "email", "ada@example.com", "Order", "text", "<p>text</p>", "en"))
    mine = (await box.mails(SYSTEM, MailList("lin@EXAMPLE.com"))).rows
    assert mine == [MailRow(5, "email", "lin@example.com", LETTER.subject, clock() - 1000)]
    assert [r.id for r in (await box.mails(SYSTEM, MailList())).rows] == [6, 5]
    one = await box.mail(SYSTEM, MailQuery(5))
    assert (one.subject, one.body, one.html, one.locale) == (LETTER.subject, LETTER.body, LETTER.html, "zh-CN")
    with pytest.raises(NoMail):
        await box.mail(SYSTEM, MailQuery(7))
    with pytest.raises(Forbidden):
        await box.mails(buyer(7), MailList())


async def test_the_mailbox_is_bounded(people: People) -> None:
    db = database(people.engine, "sandbox.mailbox")
    for id in range(1, KEPT + 6):
        await MailboxCourier(db).send(Message(id, "email", "a@example.com", "s", "b", "h", "en"))
    assert await count(people.engine, "sandbox.mailbox", "messages") == KEPT
    with pytest.raises(NoMail):
        await MailboxService(db, people.vault.grants).mail(SYSTEM, MailQuery(5))
