"""E-mail by SMTP."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import parseaddr

import aiosmtplib

from .face import Message

TIMEOUT_S = 15


class SmtpCourier:
    """`sender`: `Jishi <shop@example.com>`. tls: "starttls" (587), "tls" (465), or "none" for a relay of one's own."""

    channel = "email"

    def __init__(
        self,
        host: str,
        sender: str,
        port: int = 587,
        username: str = "",
        password: str = "",
        tls: str = "starttls",
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        if tls not in {"starttls", "tls", "none"}:
            raise ValueError("tls is starttls, tls or none")
        if tls == "none" and password:
            raise ValueError("a password is never sent in the clear")
        self.host, self.port, self.tls, self.timeout_s = host, port, tls, timeout_s
        self.username, self.password = username, password
        self.name, self.address = parseaddr(sender)
        if "@" not in self.address:
            raise ValueError("the sender is no address")

    async def send(self, message: Message) -> None:
        """The server has accepted it for delivery; one connection a message."""
        await aiosmtplib.send(
            self.letter(message),
            hostname=self.host,
            port=self.port,
            username=self.username or None,
            password=self.password or None,
            use_tls=self.tls == "tls",
            start_tls=self.tls == "starttls",
            timeout=self.timeout_s,
        )

    def letter(self, message: Message) -> EmailMessage:
        """Plain text with its HTML beside it. The message's id makes the Message-ID, so a repetition is known as one."""
        local, _, domain = message.to.rpartition("@")
        letter = EmailMessage(policy=SMTP if message.to.isascii() else SMTPUTF8)
        letter["Subject"] = message.subject
        letter["From"] = Address(self.name, addr_spec=self.address)
        letter["To"] = Address(username=local, domain=domain)
        letter["Message-ID"] = f"<{message.id}@{self.address.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.body)
        letter.add_alternative(message.html, subtype="html")
        letter["Content-Language"] = (
            message.locale
        )  # last: making the alternative moves such headers into its first part
        return letter
