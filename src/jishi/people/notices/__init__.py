"""E-mails and text messages, addressed by card id: no address is ever handed to this module."""

from .face import (
    TOPICS,
    Channels,
    ChannelsQuery,
    Courier,
    Message,
    Notice,
    NoticeList,
    Notices,
    NoticesQuery,
    NotSent,
    PutWishes,
    Send,
    Wishes,
    WishesQuery,
)

__all__ = [
    "TOPICS",
    "Channels",
    "ChannelsQuery",
    "Courier",
    "Message",
    "NotSent",
    "Notice",
    "NoticeList",
    "Notices",
    "NoticesQuery",
    "PutWishes",
    "Send",
    "Wishes",
    "WishesQuery",
]
