"""No two products of the demo look alike, and every picture can be drawn."""

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from jishi.sandbox.demo import objects
from jishi.sandbox.demo.goods import PALETTE, thing
from jishi.sandbox.demo.objects import fetched, tinted
from jishi.sandbox.demo.photographs import drawn, shots
from jishi.sandbox.demo.pictures import studio
from jishi.sandbox.demo.shelves import BY_HANDLE, SHELVES
from jishi.sandbox.demo.things import NAMES

SMALL = 24
ALIKE = 2.0  # mean distance of 256 shades between two pictures: below it they look the same
with_things = pytest.mark.skipif(fetched("teapot") is None, reason="the things were not fetched: make assets")


def seen(png: bytes) -> NDArray[np.float64]:
    with Image.open(BytesIO(png)) as image:
        return np.asarray(image.convert("RGB").resize((SMALL, SMALL)), dtype=float).ravel()


@with_things
def test_every_thing_of_the_list_is_there() -> None:
    assert [name for name in NAMES if fetched(name) is None] == []


def test_a_product_is_shot_at_home_and_closer_and_in_each_colour() -> None:
    keys = [s.key for s in shots(BY_HANDLE["travel-flask"])]
    assert keys == ["studio-pomelo", "home", "third", "studio-sea", "studio-persimmon"]
    assert [s.chosen for s in shots(BY_HANDLE["travel-flask"])][3] == {"colour": "sea"}
    assert [s.key for s in shots(BY_HANDLE["cup-saucer"])] == ["studio-one", "home", "third"]


@with_things
@pytest.mark.slow  # 300 pictures are drawn
def test_no_two_main_pictures_look_alike() -> None:
    pictures = np.stack([seen(drawn(next(shots(p)))) for p in SHELVES])
    for n, mine in enumerate(pictures[:-1]):
        away = np.abs(pictures[n + 1 :] - mine).mean(axis=1)
        near = int(away.argmin())
        assert away[near] > ALIKE, (SHELVES[n].handle, SHELVES[n + 1 + near].handle)


@pytest.mark.parametrize("scene", ["studio", "home", "third"])
def test_a_picture_is_the_same_at_every_run(scene: str) -> None:
    shot = next(s for s in shots(BY_HANDLE["travel-flask"]) if s.scene == scene)
    image = drawn(shot)
    assert image == drawn(shot)
    with Image.open(BytesIO(image)) as opened:
        assert opened.size == (800, 800)


def test_a_thing_takes_another_colour_and_keeps_its_shape() -> None:
    red = Image.new("RGBA", (8, 8), (220, 40, 40, 255))
    red.putpixel((0, 0), (0, 0, 0, 0))
    colour, darker, _ = PALETTE["sea"]
    sea = tinted(red, colour, darker)
    pixels = np.asarray(sea)
    r, g, b, alpha = pixels[4, 4]
    assert b > g > r
    assert alpha == 255
    assert pixels[0, 0, 3] == 0


def test_without_the_archive_a_plain_box_stands_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "ARCHIVE", objects.ARCHIVE.with_name("none.zip"))
    fetched.cache_clear()
    try:
        svg = studio(thing("teapot", "#f3e7dd", tint="clay", props=("herb",)))
        assert "<image" not in svg
        assert "<path" in svg
    finally:
        fetched.cache_clear()
