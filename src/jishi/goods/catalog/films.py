"""Videos: told by their content, walked box by box to the last byte, and what they say of place and maker blanked.

They are not encoded again: that would need a program of its own. So nothing may follow the last box, no box may lie about
its length, and boxes that hold free texts (`udta`, `meta`, `uuid`; Tags and Attachments of Matroska) become empty ones of
the same length, by which every offset stays right. ISO/IEC 14496-12 §4.2, §8; RFC 8794 §6, RFC 9559 §5."""

import hashlib
import struct
from collections.abc import Iterator

from msgspec import Struct

from .faults import BadVideo

MAX_BYTES, MAX_DEPTH, MAX_BOXES, MAX_S = 16 << 20, 8, 20_000, 180
HOLDERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"mvex")
TALKING = (b"udta", b"meta", b"uuid")
CODECS = (b"avc1", b"avc3", b"hvc1", b"hev1", b"av01", b"vp09", b"vp08")
BRANDS = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"msnv")
EBML, SEGMENT, TRACKS, TAGS, FILES, INFO = 0x1A45DFA3, 0x18538067, 0x1654AE6B, 0x1254C367, 0x1941A469, 0x1549A966
DOC_TYPE, TITLE, VOID = 0x4282, 0x7BA9, 0xEC
WEB_CODECS = (b"V_VP8", b"V_VP9", b"V_AV1")


class Film(Struct, frozen=True):
    """`path` with its ending; the name comes from what was uploaded."""

    path: str
    kind: str
    data: bytes


class Box(Struct, frozen=True):
    kind: bytes
    start: int  # of its header
    body: int
    end: int


def checked_film(video: bytes) -> Film:
    """The video as it is served; raises `BadVideo`. CPU only."""
    if not video:
        raise BadVideo("empty")
    if len(video) > MAX_BYTES:
        raise BadVideo("size")
    try:
        if video[4:8] == b"ftyp":
            kind, data = "mp4", _mp4(bytearray(video))
        elif video[:4] == EBML.to_bytes(4):
            kind, data = "webm", _webm(bytearray(video))
        else:
            raise BadVideo("type")
    except (struct.error, IndexError, ValueError, RecursionError) as e:
        raise BadVideo("broken") from e
    name = hashlib.blake2b(video, digest_size=16).hexdigest()
    return Film(f"videos/{name[:2]}/{name}.{kind}", kind, data)


def _mp4(data: bytearray) -> bytes:
    if bytes(data[8:12]) not in BRANDS:
        raise BadVideo("type")  # a photo in the same wrapping (heic), or QuickTime
    boxes, codecs = 0, list[bytes]()

    def walk(start: int, end: int, depth: int) -> list[bytes]:
        nonlocal boxes
        found = list[bytes]()
        for box in _boxes(data, start, end):
            boxes += 1
            if boxes > MAX_BOXES or depth > MAX_DEPTH:
                raise BadVideo("broken")
            found.append(box.kind)
            if box.kind in TALKING:
                data[box.start + 4 : box.start + 8] = b"free"
                data[box.body : box.end] = bytes(box.end - box.body)
            elif box.kind in HOLDERS:
                walk(box.body, box.end, depth + 1)
            elif box.kind == b"stsd":
                codecs.append(bytes(data[box.body + 12 : box.body + 16]))
            elif box.kind == b"mvhd":
                _short(data, box)
        return found

    top = walk(0, len(data), 0)
    if top[0] != b"ftyp" or b"moov" not in top or not ({b"mdat", b"moof"} & set(top)):
        raise BadVideo("broken")
    if not any(codec in CODECS for codec in codecs):
        raise BadVideo("type")
    return bytes(data)


def _boxes(data: bytearray, start: int, end: int) -> Iterator[Box]:
    """Boxes that fill [start, end) exactly, else `BadVideo`."""
    while start < end:
        size, kind = struct.unpack_from(">I4s", data, start)
        body = start + 8
        if size == 1:
            (size,) = struct.unpack_from(">Q", data, body)
            body += 8
        if size < body - start or start + size > end or not all(32 <= c < 127 or c == 0xA9 for c in kind):
            raise BadVideo("broken")
        yield Box(kind, start, body, start + size)
        start += size


def _short(data: bytearray, box: Box) -> None:
    """The film lasts no longer than it may."""
    layout, at = (">IQ", box.body + 20) if data[box.body] == 1 else (">II", box.body + 12)
    scale, duration = struct.unpack_from(layout, data, at)
    if not scale or duration > MAX_S * scale:
        raise BadVideo("size")


def _webm(data: bytearray) -> bytes:
    top = list(_elements(data, 0, len(data)))
    if [e.kind for e in top] != [EBML.to_bytes(4), SEGMENT.to_bytes(4)]:
        raise BadVideo("broken")
    head = {e.kind: bytes(data[e.body : e.end]) for e in _elements(data, top[0].body, top[0].end)}
    if head.get(DOC_TYPE.to_bytes(2)) != b"webm":
        raise BadVideo("type")
    codecs = b""
    for part in _elements(data, top[1].body, top[1].end):
        kind = int.from_bytes(part.kind)
        if kind == TRACKS:
            codecs = bytes(data[part.body : part.end])
        elif kind in (TAGS, FILES):
            _void(data, part)
        elif kind == INFO:
            for told in _elements(data, part.body, part.end):
                if int.from_bytes(told.kind) == TITLE:
                    _void(data, told)
    if not any(codec in codecs for codec in WEB_CODECS):
        raise BadVideo("type")
    return bytes(data)


def _elements(data: bytearray, start: int, end: int) -> Iterator[Box]:
    """Elements of known size that fill [start, end) exactly, else `BadVideo`."""
    count = 0
    while start < end:
        count += 1
        width = 9 - data[start].bit_length()
        at = start + width
        size_width = 9 - data[at].bit_length()
        if width > 4 or size_width > 8 or count > MAX_BOXES:
            raise BadVideo("broken")
        raw = int.from_bytes(data[at : at + size_width])
        size = raw & ((1 << 7 * size_width) - 1)
        body = at + size_width
        if size == (1 << 7 * size_width) - 1 or body + size > end:
            raise BadVideo("broken")  # of unknown size, as a live stream has them
        yield Box(bytes(data[start : start + width]), start, body, body + size)
        start = body + size


def _void(data: bytearray, part: Box) -> None:
    """The element is an empty one of the same length."""
    whole = part.end - part.start
    wide, narrow = ((1 << 56) | max(0, whole - 9)).to_bytes(8), bytes([0x80 | (whole - 2) & 0x7F])
    head = bytes([VOID]) + (wide if whole >= 9 else narrow)
    data[part.start : part.end] = head + bytes(whole - len(head))
