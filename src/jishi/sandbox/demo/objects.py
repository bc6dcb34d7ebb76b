"""The things of `things.zip` as the renderer uses them: cut to their edges, in other colours, as data addresses for SVG."""

from __future__ import annotations

import base64
import zipfile
from functools import lru_cache
from io import BytesIO

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PIL import Image

from jishi.web.assets import FOLDER

ARCHIVE = FOLDER / "vendor/things.zip"
EDGE = 12  # alpha below it is air
HUES = 36  # bins of 10°
NEAR, FAR = 0.09, 0.15  # of the circle of hues: wholly the main colour, no more the main colour

Pixels = NDArray[np.float64]


class Thing(Struct, frozen=True):
    """`href` is a data address; width and height in its own pixels, without air around."""

    href: str
    width: int
    height: int


@lru_cache(maxsize=256)
def fetched(name: str, colour: str = "", darker: str = "") -> Thing | None:
    """None where the archive was not fetched or has no such thing."""
    try:
        with zipfile.ZipFile(ARCHIVE) as packed:
            raw = packed.read(f"{name}.webp")
    except (OSError, KeyError, zipfile.BadZipFile):
        return None
    image = Image.open(BytesIO(raw)).convert("RGBA")
    image = image.crop(image.getchannel("A").point(lambda a: 255 if a > EDGE else 0).getbbox())
    if colour:
        image = tinted(image, colour, darker)
    out = BytesIO()
    image.save(out, "PNG", compress_level=1)
    return Thing("data:image/png;base64," + base64.b64encode(out.getvalue()).decode(), image.width, image.height)


def tinted(image: Image.Image, colour: str, darker: str) -> Image.Image:
    """The main colour is exchanged, light and shade stay; a thing of greys takes it where it is neither black nor coloured."""
    pixels = np.asarray(image, dtype=np.float64) / 255
    rgb, alpha = pixels[..., :3], pixels[..., 3]
    top, low = rgb.max(axis=-1), rgb.min(axis=-1)
    spread = top - low
    saturation = np.where(top > 0, spread / np.maximum(top, 1e-6), 0)
    hue = _hue(rgb, top, spread)
    body = alpha > 0.5
    coloured = body & (saturation > 0.28) & (top > 0.2)
    if coloured.sum() > 0.3 * body.sum():
        bins = np.bincount((hue[coloured] * HUES).astype(int) % HUES, weights=saturation[coloured], minlength=HUES)
        main = (int((bins + np.roll(bins, 1) + np.roll(bins, -1)).argmax()) + 0.5) / HUES
        away = np.abs((hue - main + 0.5) % 1 - 0.5)
        part = np.clip((FAR - away) / (FAR - NEAR), 0, 1) * np.clip((saturation - 0.12) / 0.16, 0, 1)
    else:
        part = np.clip((0.4 - saturation) / 0.15, 0, 1) * np.clip((top - 0.3) / 0.15, 0, 1)
    new = _shaded(rgb @ np.array([0.3, 0.59, 0.11]), part * alpha > 0.5, _rgb(colour), _rgb(darker))
    mixed = rgb * (1 - part[..., None]) + new * part[..., None]
    return Image.fromarray((np.dstack([mixed, alpha]) * 255 + 0.5).astype(np.uint8), "RGBA")


def _shaded(light: Pixels, where: NDArray[np.bool_], colour: Pixels, darker: Pixels) -> Pixels:
    """From darker through the colour to its highlight, as the light was."""
    if not where.any():
        return np.broadcast_to(colour, (*light.shape, 3))
    low, high = np.percentile(light[where], (3, 97))
    t = np.clip((light - low) / max(high - low, 0.05), 0, 1.15)[..., None]
    shade = darker * 0.8 + (colour - darker * 0.8) * np.minimum(t / 0.62, 1)
    return np.asarray(shade + (1 - shade) * np.clip(t - 0.62, 0, 1) * 0.6)


def _hue(rgb: Pixels, top: Pixels, spread: Pixels) -> Pixels:
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    by = np.maximum(spread, 1e-6)
    turn = np.where(top == r, ((g - b) / by) % 6, np.where(top == g, (b - r) / by + 2, (r - g) / by + 4))
    return np.asarray(turn / 6)


def _rgb(colour: str) -> Pixels:
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
