"""What lists show of a person: enough to tell two rows apart, too little to write or call. Pure."""

from __future__ import annotations

import re

WIDE = re.compile("[\u3400-\u9fff\uf900-\ufaff\u3040-\u30ff\uac00-\ud7af\U00020000-\U0003ffff]")
WORDS = 3
CLEAR = ("country", "province", "city", "district")


def mask(field: str, value: str) -> str:
    """林* · A*** L*** · 138****8000 · l***@example.com · 20**** ; street and text are hidden whole."""
    if not value or field in CLEAR:
        return value
    match field:
        case "name":
            return mask_name(value)
        case "phone":
            return mask_phone(value)
        case "email":
            return mask_email(value)
        case "postcode":
            return value[:2] + "****" if len(value) > 3 else "****"
        case _:
            return "***"


def mask_name(name: str) -> str:
    """The first character of a name in Han, kana or hangul, the initials of others; its length stays hidden."""
    if WIDE.match(name):
        return f"{name[0]}*" if len(name) > 1 else "*"
    return " ".join(f"{w[0]}***" if len(w) > 1 else "*" for w in name.split()[:WORDS])


def mask_phone(phone: str) -> str:
    """Of E.164: a Chinese mobile number in its national form, others with the last digits of a long number."""
    if phone.startswith("+861") and len(phone) == 14:
        return f"{phone[3:6]}****{phone[-4:]}"
    return f"{phone[:2]}****{phone[-4:]}" if len(phone) >= 11 else "****"


def mask_email(email: str) -> str:
    local, _, domain = email.rpartition("@")
    return f"{local[0]}***@{domain}" if len(local) > 1 else f"***@{domain}"
