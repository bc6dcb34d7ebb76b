"""What the demo would have sent: every message lies here to be read. Only in demo and dev; a shop that sells has no such page."""

from __future__ import annotations

import re
from html import escape
from typing import Any

from minijinja import Markup

from jishi.kernel import SYSTEM
from jishi.kernel.ids import decode
from jishi.sandbox.mailbox import MailList, MailQuery
from jishi.web.faults import NoPage
from jishi.web.routes import PUBLIC, get_page
from jishi.web.visit import Page, Visit, query_of

KIND = "msg"
LINK = re.compile(r"https?://[^\s<>\"'，。；、（）]+[^\s<>\"'，。；、（）.,;:!?)]")


def box(visit: Visit) -> Any:
    """The mailbox, where there is one."""
    found = getattr(visit.shop, "mailbox", None)
    if found is None:
        raise NoPage
    return found


@get_page("/mailbox", needs=PUBLIC)
async def mailbox(visit: Visit) -> Page:
    """Newest first; `to` narrows to one address."""
    to = query_of(visit).get("to", "")[:254]
    rows = (await box(visit).mails(SYSTEM, MailList(to))).rows
    return await visit.page("storefront/mailbox.html", rows=rows, to=to, mail=None)


@get_page("/mailbox/{message:str}", needs=PUBLIC)
async def mail(visit: Visit, message: str) -> Page:
    """One message as text, its links to be followed."""
    one = await box(visit).mail(SYSTEM, MailQuery(decode(KIND, message)))
    return await visit.page("storefront/mailbox.html", rows=[], to="", mail=one, text=linked(one.body))


def linked(text: str) -> Markup:
    """Escaped, in paragraphs, with addresses as links."""
    parts, at = list[str](), 0
    for found in LINK.finditer(text):
        url = escape(found[0])
        parts += [escape(text[at : found.start()]), f'<a class="link" href="{url}">{url}</a>']
        at = found.end()
    parts.append(escape(text[at:]))
    return Markup("".join(f"<p>{p}</p>" for p in "".join(parts).strip().replace("\n", "<br>").split("<br><br>")))


handlers: list[Any] = [mailbox, mail]
