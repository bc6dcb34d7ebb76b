"""Logs: one line an event, with the request's id, and nothing by which a person could be known."""

from __future__ import annotations

import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import msgspec

trace: ContextVar[str] = ContextVar("trace", default="")  # the id of the request, event or command at work

MASKS = (
    (re.compile(r"[\w.+%-]+@[\w-]+(\.[\w-]+)+"), "[email]"),
    (re.compile(r"(?<![\w.-])(?:\+|00)\d{1,3}[ -]?(?:\(?\d{1,4}\)?[ -]?){2,5}\d(?![\w-])"), "[phone]"),
    (re.compile(r"(?<![\w.-])1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\w-])"), "[phone]"),
    (re.compile(r"(?<![\w.-])\(?\d{3}\)?[ -]\d{3}[ -]\d{4}(?![\w-])"), "[phone]"),
    (
        re.compile(r"""(?i)(\bbearer\s+|(?:jishi_session|token|password|secret)["']?\s*[:=]\s*["']?)[^\s;,&"'}]+"""),
        r"\1[secret]",
    ),
)
CARD = re.compile(r"(?<![\w.-])(?:\d[ -]?){12,18}\d(?![\w-])")
LONGEST = 8_000  # characters a line
PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def card(found: re.Match[str]) -> str:
    """13 to 19 digits that pass Luhn's check are a card; others are one of our own ids or a time."""
    digits = [int(c) for c in reversed(found[0]) if c.isdigit()]
    odd = sum(digits[::2]) + sum(sum(divmod(2 * d, 10)) for d in digits[1::2])
    return found[0] if odd % 10 else "[card]"


def masked(text: str) -> str:
    """The text with e-mail addresses, phone and card numbers, and tokens blotted out.

    Ids of our own (`ord_…`), bare numbers and times stay: a log without them helps nobody."""
    text = CARD.sub(card, text)
    for pattern, word in MASKS:
        text = pattern.sub(word, text)
    return text


def fields(record: logging.LogRecord) -> dict[str, Any]:
    """What `extra=` gave, masked where it is text."""
    return {
        k: masked(v) if isinstance(v, str) else v if isinstance(v, int | float | bool | None) else masked(repr(v))
        for k, v in vars(record).items()
        if k not in PLAIN and not k.startswith("_")
    }


class Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "of": record.name,
            "say": masked(record.getMessage())[:LONGEST],
        }
        if id := trace.get():
            line["trace"] = id
        line |= fields(record)
        if record.exc_info:
            line["fault"] = masked(self.formatException(record.exc_info))[-LONGEST:]
        return msgspec.json.encode(line, enc_hook=repr).decode()


class Console(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        parts = [
            at,
            f"{record.levelname[0]}",
            trace.get()[:8] or "-",
            record.name,
            masked(record.getMessage())[:LONGEST],
        ]
        parts += [f"{k}={v}" for k, v in fields(record).items()]
        line = " ".join(parts)
        return f"{line}\n{masked(self.formatException(record.exc_info))[-LONGEST:]}" if record.exc_info else line


def setup(form: str = "console", level: str = "info") -> None:
    """All of the process's log lines go to stderr in this form (json, console)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json() if form == "json" else Console())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for chatty in ("httpx", "httpcore", "asyncio", "_granian", "stripe"):
        logging.getLogger(chatty).setLevel(max(root.level, logging.WARNING))
