"""What is sent as a picture or a video is refused with a reason, or nothing of it but the picture is kept."""

from io import BytesIO

import pytest
from PIL import Image

from jishi.goods.catalog import (
    AddPicture,
    AddVideo,
    BadPicture,
    BadVideo,
    DropMedia,
    NearestQuery,
    NoProduct,
    OrderMedia,
    PutSkus,
    SkuDraft,
)
from jishi.kernel import Invalid
from jishi.kernel.i18n import LOCALES, Catalogues
from jishi.web.problems import sentence
from tests.kit import STAFF, clerk

from .hostile import EICAR, SCRIPT, SECRET, films, mp4, pictures, webm
from .kit import ACME, COLOUR, CUP, GUEST, OTHER, PLAIN, SIZE, photo

PICTURES, FILMS = list(pictures()), list(films())
WORDS = Catalogues()


def test_there_are_enough_of_them():
    assert len(PICTURES) >= 60
    assert len({name for name, _, _ in PICTURES + FILMS}) == len(PICTURES) + len(FILMS)


@pytest.mark.parametrize(("image", "becomes"), [p[1:] for p in PICTURES], ids=[p[0] for p in PICTURES])
async def test_a_hostile_picture(shelf, image, becomes):
    made = await shelf.put(PLAIN)
    before = await shelf.counts()
    if becomes == "clean":
        kept = await shelf.picture(made.id, image)
        assert len(shelf.files) == len(kept.sizes)
        for file in shelf.files.values():
            assert not any(
                bad in file for bad in (SCRIPT, SECRET, b"<?php", b"PK\3\4", b"EXIF", b"XMP ", b"ICCP", b"ANIM")
            )
            with Image.open(BytesIO(file)) as read:
                assert (read.format, getattr(read, "n_frames", 1), dict(read.getexif())) == ("WEBP", 1, {})
        return
    with pytest.raises(BadPicture) as e:
        await shelf.picture(made.id, image)
    assert e.value.reason == becomes
    said = {sentence(e.value, WORDS, locale) for locale in LOCALES}
    assert len(said) == len(LOCALES)  # a reason of its own in each language
    assert said.isdisjoint({WORDS.t("faults.picture.bad", locale) for locale in LOCALES})
    assert (await shelf.counts(), shelf.files) == (before, {})


@pytest.mark.parametrize(("film", "becomes"), [f[1:] for f in FILMS], ids=[f[0] for f in FILMS])
async def test_a_hostile_video(shelf, film, becomes):
    made = await shelf.put(PLAIN)
    before = await shelf.counts()
    add = AddVideo(made.id, "k", film, photo(), {"en": " How it pours "})
    if becomes == "clean":
        kept = await shelf.service.add_video(STAFF, add)
        file = shelf.files[kept.path]
        assert (len(file), kept.size_bytes) == (len(film), len(film))
        assert SECRET not in file
        assert SCRIPT not in file
        return
    with pytest.raises(BadVideo) as e:
        await shelf.service.add_video(STAFF, add)
    assert e.value.reason == becomes
    assert len({sentence(e.value, WORDS, locale) for locale in LOCALES}) == len(LOCALES)
    assert (await shelf.counts(), shelf.files) == (before, {})


def test_the_virus_test_is_whole():
    assert len(EICAR) == 68


async def test_a_video_has_a_poster_and_is_kept_once_a_key(shelf):
    made = await shelf.put(PLAIN)
    add = AddVideo(made.id, "k", mp4(), photo(), {"en": " How it pours "})
    first = await shelf.service.add_video(clerk(ACME), add)
    assert await shelf.service.add_video(STAFF, add) == first
    assert (first.kind, first.path[-4:], first.poster_sizes, first.alts) == (
        "mp4",
        ".mp4",
        [200, 400],
        {"en": "How it pours"},
    )
    assert set(shelf.files) == {first.path, *(f"{first.poster}-{n}.webp" for n in first.poster_sizes)}
    second = await shelf.service.add_video(STAFF, AddVideo(made.id, "l", webm(), photo(32, 32)))
    assert (await shelf.product(made.id)).videos == [first, second]
    assert await shelf.changes() == [("plain-bowl", 1), ("plain-bowl", 2), ("plain-bowl", 3)]
    for n in range(3):
        await shelf.service.add_video(STAFF, AddVideo(made.id, f"n{n}", mp4(seconds=n), photo()))
    with pytest.raises(BadVideo) as e:
        await shelf.service.add_video(STAFF, AddVideo(made.id, "more", mp4(), photo()))
    assert e.value.reason == "too_many"
    with pytest.raises(BadPicture):
        await shelf.service.add_video(STAFF, AddVideo(made.id, "poster", mp4(), b"<svg>"))
    with pytest.raises(NoProduct):
        await shelf.service.add_video(clerk(OTHER), AddVideo(made.id, "k2", mp4(), photo()))
    dropped = await shelf.service.drop_media(STAFF, DropMedia(made.id, first.id))
    assert dropped.videos[0].id == second.id
    assert first.path in shelf.files  # an old page may still play it


async def test_a_colours_picture_shows_every_sku_of_that_colour(shelf):
    made = await shelf.put()
    green = await shelf.service.add_picture(STAFF, AddPicture(made.id, "g", photo(), chosen={"colour": "green"}))
    white = await shelf.service.add_picture(
        STAFF, AddPicture(made.id, "w", photo(300, 300), chosen={"colour": "white"})
    )
    later = SkuDraft("CUP-G-750", {"colour": "green", "size": "750"})
    await shelf.service.put_skus(STAFF, PutSkus(made.id, [later]))
    found = (await shelf.service.nearest(GUEST, NearestQuery(made.id))).rows
    assert {s.code: s.picture_id for s in found} == {
        "CUP-G-480": green.id,
        "CUP-G-750": green.id,
        "CUP-W-750": white.id,
    }
    assert [x.picture for x in await shelf.listings(of=(made.id,))] == [green.path, white.path, green.path]
    assert [p.chosen for p in (await shelf.product(made.id)).pictures] == [{"colour": "green"}, {"colour": "white"}]
    assert {COLOUR.code, SIZE.code} == {o.code for o in CUP.options}


async def test_pictures_stand_in_the_order_told_and_the_first_is_the_cover(shelf):
    made = await shelf.put(PLAIN)
    shots = [await shelf.picture(made.id, photo(100 + n), key=str(n), alts={"en": str(n)}) for n in range(3)]
    turned = await shelf.service.order_media(STAFF, OrderMedia(made.id, [shots[2].id, shots[0].id]))
    assert [p.id for p in turned.pictures] == [shots[2].id, shots[0].id, shots[1].id]
    assert (await shelf.listings(of=(made.id,)))[0].picture == shots[2].path
    again = await shelf.service.order_media(STAFF, OrderMedia(made.id, [shots[2].id]))
    assert again.version == turned.version
    left = await shelf.service.drop_media(STAFF, DropMedia(made.id, shots[2].id))
    assert [p.id for p in left.pictures] == [shots[0].id, shots[1].id]
    assert (await shelf.listings(of=(made.id,)))[0].picture == shots[0].path
    for refused in (
        shelf.service.order_media(STAFF, OrderMedia(made.id, [shots[2].id])),
        shelf.service.drop_media(STAFF, DropMedia(made.id, shots[2].id)),
    ):
        with pytest.raises(Invalid):
            await refused
    with pytest.raises(NoProduct):
        await shelf.service.drop_media(clerk(OTHER), DropMedia(made.id, shots[0].id))
    for shot in left.pictures:
        empty = await shelf.service.drop_media(STAFF, DropMedia(made.id, shot.id))
    assert (empty.pictures, (await shelf.listings(of=(made.id,)))[0].picture) == ([], "")
