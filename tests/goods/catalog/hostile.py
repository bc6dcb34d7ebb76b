"""Sixty and more files that somebody might send as a picture or a video, and what becomes of each.

"clean": it is taken, and nothing of it but its pixels is kept. Anything else is the reason of the refusal."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from PIL import Image, PngImagePlugin

from .kit import photo

SCRIPT = b"<script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body>" + SCRIPT + b"</body></html>"
SECRET = b"GPS-31.2304N-121.4737E"
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def saved(image: Image.Image, form: str, **more: object) -> bytes:
    out = BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def zipped() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as z:
        z.writestr("a.png", b"\0" * 5_000_000)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(
    width: int, height: int, *, depth: int = 8, colour: int = 2, data: bytes | None = None, more: bytes = b""
) -> bytes:
    """A PNG that claims what it likes."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    raw = zlib.compress(b"\0" * min(1 << 20, height * (1 + 3 * width)), 9) if data is None else data
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + more + chunk(b"IDAT", raw) + chunk(b"IEND", b"")


def jpeg_with(marker: int, data: bytes) -> bytes:
    whole = photo(form="JPEG")
    return whole[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data + whole[2:]


def located() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[2] = (31.0, 13.0, 49.0)
    return saved(Image.open(BytesIO(photo())), "JPEG", exif=exif)


def told_png() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", SCRIPT.decode() + SECRET.decode())
    info.add_itxt("XML:com.adobe.xmp", "<x>" + SECRET.decode() + "</x>")
    return saved(Image.open(BytesIO(photo())), "PNG", pnginfo=info)


def moving(form: str) -> bytes:
    frames = [Image.new("RGB", (64, 64), (n * 8 % 255, 90, 20)) for n in range(30)]
    return saved(frames[0], form, save_all=True, append_images=frames[1:])


def pictures() -> Iterator[tuple[str, bytes, str]]:
    """(what it is, its bytes, what becomes of it)."""
    good = {form: photo(form=form) for form in ("PNG", "JPEG", "WEBP", "GIF", "AVIF")}
    # not a picture at all
    yield "empty", b"", "empty"
    yield "zeros", b"\0" * 4_096, "type"
    yield "text", b"hello" * 100, "type"
    yield "svg with a script", SVG, "type"
    yield "svg behind a declaration", b"<?xml version='1.0'?><!DOCTYPE svg>" + SVG, "type"
    yield "svg, packed", zlib.compress(SVG), "type"
    yield "html called a png", HTML, "type"
    yield "html behind a GIF's name", b"GIF89a" + SCRIPT, "type"
    yield "html behind a PNG's name", b"\x89PNG\r\n\x1a\n" + HTML, "broken"
    yield "html behind a JPEG's name", b"\xff\xd8\xff\xe0" + HTML, "broken"
    yield "pdf", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj", "type"
    yield "zip", zipped(), "type"
    yield "gzip", b"\x1f\x8b\x08\0" + b"\0" * 60, "type"
    yield "program of Windows", b"MZ" + b"\0" * 200, "type"
    yield "program of Linux", b"\x7fELF" + b"\0" * 200, "type"
    yield "shell script", b"#!/bin/sh\nrm -rf /\n", "type"
    yield "php", b"<?php system($_GET['c']); ?>", "type"
    yield "virus test", EICAR, "type"
    yield "postscript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "type"
    yield "wmf", b"\xd7\xcd\xc6\x9a" + b"\0" * 40, "type"
    yield "windows icon", saved(Image.new("RGB", (32, 32)), "ICO"), "type"
    yield "bmp", photo(form="BMP"), "type"
    yield "tiff", photo(form="TIFF"), "type"
    yield "ppm", photo(form="PPM"), "type"
    yield "heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 64, "type"
    yield "film", b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0" * 64, "type"
    yield "psd", b"8BPS\0\1" + b"\0" * 60, "type"
    # bombs
    yield "bomb of 65,000 a side", png(65_000, 65_000), "size"
    yield "bomb of 10,000 a side", png(10_000, 10_000), "size"
    yield "one line, far too long", png(40_000, 20), "size"
    yield "one column, far too high", png(20, 40_000), "size"
    yield "sides of 2³¹", png(0x7FFFFFFF, 0x7FFFFFFF), "size"
    yield "more pixels than we take", png(8_000, 5_001), "size"
    yield "too many bytes", good["PNG"] + b"\0" * (20 << 20), "size"
    yield (
        "text chunk that unpacks to 64 MB",
        png(64, 64, more=chunk(b"zTXt", b"c\0\0" + zlib.compress(b"\0" * (64 << 20), 9))),
        "broken",
    )
    # damaged
    for form, whole in good.items():
        yield f"half a {form}", whole[: len(whole) // 2], "broken"
    yield "png without pixels", png(64, 64, data=b""), "broken"
    yield "png whose pixels are noise", png(64, 64, data=b"\xde\xad\xbe\xef" * 30), "broken"
    yield "png of no width", png(0, 64), "type"
    yield "png with an impossible depth", png(64, 64, depth=7), "type"
    yield "gif of no size", b"GIF89a" + b"\0" * 64, "type"
    # too small
    yield "one pixel", saved(Image.new("RGB", (1, 1)), "PNG"), "tiny"
    yield "one pixel that is not there", saved(Image.new("RGBA", (1, 1)), "GIF"), "tiny"
    yield "a line", saved(Image.new("RGB", (400, 1)), "PNG"), "tiny"
    # polyglots and what they carry: taken, and nothing but pixels stays
    yield "png and html", good["PNG"] + HTML, "clean"
    yield "jpeg and zip", good["JPEG"] + zipped(), "clean"
    yield "gif and script", good["GIF"] + b"/*" + SCRIPT + b"*/", "clean"
    yield "jpeg and php", jpeg_with(0xFE, b"<?php system('id'); ?>" + SECRET), "clean"
    yield "jpeg with html in a comment", jpeg_with(0xFE, HTML + SECRET), "clean"
    yield "jpeg with a place", located(), "clean"
    yield "jpeg with a thumbnail of something else", jpeg_with(0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0" + SECRET), "clean"
    yield "jpeg with a colour profile", saved(Image.open(BytesIO(photo())), "JPEG", icc_profile=SECRET * 20), "clean"
    yield "png with texts", told_png(), "clean"
    yield "png with a chunk of its own", png(64, 64, more=chunk(b"haCk", SCRIPT + SECRET)), "clean"
    yield "webp with XMP", saved(Image.open(BytesIO(photo())), "WEBP", xmp=SECRET), "clean"
    yield "moving gif", moving("GIF"), "clean"
    yield "moving webp", moving("WEBP"), "clean"
    yield "moving png", moving("PNG"), "clean"
    yield "cmyk", saved(Image.new("CMYK", (64, 64), (9, 90, 200, 5)), "JPEG"), "clean"
    yield "grey with 16 bits", saved(Image.new("I;16", (64, 64), 40_000), "PNG"), "clean"
    yield "black and white", saved(Image.new("1", (64, 64)), "PNG"), "clean"
    yield "palette with a clear colour", saved(Image.new("P", (64, 64)), "PNG", transparency=0), "clean"


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data) + 8, kind) + data


def mp4(
    *, codec: bytes = b"avc1", seconds: int = 10, udta: bytes = b"", top: bytes = b"", brand: bytes = b"isom"
) -> bytes:
    """The boxes of a short film, without pictures in it."""
    head = box(b"mvhd", b"\0\0\0\0" + struct.pack(">IIII", 0, 0, 1_000, 1_000 * seconds) + b"\0" * 80)
    table = box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1) + box(codec, b"\0" * 78)))
    track = box(b"trak", box(b"mdia", box(b"minf", table)) + (box(b"udta", udta) if udta else b""))
    moov = box(b"moov", head + track + (box(b"udta", box(b"\xa9xyz", udta)) if udta else b""))
    return box(b"ftyp", brand + b"\0\0\0\0" + brand) + moov + box(b"mdat", b"\0" * 500) + top


def element(kind: int, data: bytes) -> bytes:
    raw = kind.to_bytes((kind.bit_length() + 7) // 8)
    return raw + ((1 << 56) | len(data)).to_bytes(8) + data


def webm(*, doc: bytes = b"webm", codec: bytes = b"V_VP9", more: bytes = b"", after: bytes = b"") -> bytes:
    head = element(0x1A45DFA3, element(0x4282, doc))
    track = element(0x1654AE6B, element(0xAE, element(0x86, codec)))
    return head + element(0x18538067, track + more + element(0x1F43B675, b"\0" * 300)) + after


def films() -> Iterator[tuple[str, bytes, str]]:
    yield "mp4", mp4(), "clean"
    yield "mp4 with a place", mp4(udta=SECRET), "clean"
    yield "mp4 with a box of its own", mp4(top=box(b"uuid", b"\1" * 16 + SCRIPT + SECRET)), "clean"
    yield "webm", webm(), "clean"
    yield "webm with tags and files", webm(more=element(0x1254C367, SECRET) + element(0x1941A469, SCRIPT)), "clean"
    yield "webm with a title", webm(more=element(0x1549A966, element(0x7BA9, SECRET))), "clean"
    yield "no bytes", b"", "empty"
    yield "picture", photo(), "type"
    yield "page", HTML, "type"
    yield "quicktime", mp4(brand=b"qt  "), "type"
    yield "photo in a film's wrapping", mp4(brand=b"heic"), "type"
    yield "codec that browsers do not know", mp4(codec=b"mp4v"), "type"
    yield "matroska", webm(doc=b"matroska"), "type"
    yield "webm without a picture track", webm(codec=b"A_OPUS"), "type"
    yield "too long", mp4(seconds=181), "size"
    yield "too large", mp4(top=box(b"free", b"\0" * (16 << 20))), "size"
    yield "mp4 and html", mp4() + HTML, "broken"
    yield "webm and html", webm(after=HTML), "broken"
    yield "half an mp4", mp4()[:-400], "broken"
    yield "half a webm", webm()[:-200], "broken"
    yield "box longer than the file", mp4(top=struct.pack(">I4s", 1 << 30, b"free")), "broken"
    yield "box that ends before it begins", mp4(top=struct.pack(">I4s", 3, b"free")), "broken"
    yield "film without an index", box(b"ftyp", b"isom\0\0\0\0isom") + box(b"mdat", b"\0" * 90), "broken"
    yield "boxes in boxes", _nested(40), "broken"
    yield "element of unknown length", webm(more=b"\x12\x54\xc3\x67\xff"), "broken"


def _nested(depth: int) -> bytes:
    made = b""
    for _ in range(depth):
        made = box(b"trak", made)
    return box(b"ftyp", b"isom\0\0\0\0isom") + box(b"moov", made) + box(b"mdat", b"")
