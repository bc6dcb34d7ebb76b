"""E-mails and text messages, addressed by card id: no address is ever handed to this module."""

from .face import Courier, Message, Notice, NoticeList, Notices, NoticesQuery, NotSent, Send

__all__ = ["Courier", "Message", "NotSent", "Notice", "NoticeList", "Notices", "NoticesQuery", "Send"]
