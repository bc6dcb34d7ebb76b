"""Files by name, whole or not at all, never outside of their folder."""

import os
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from jishi.kernel.blobs import LARGEST, FolderBlobs, NoBlob, checked


async def test_what_was_put_is_got_until_it_is_dropped(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "blobs")
    await blobs.put("products/5/a-400.webp", b"one")
    await blobs.put("products/5/a-400.webp", b"two")
    await blobs.put("b.webp", b"three")
    assert await blobs.get("products/5/a-400.webp") == b"two"
    assert await blobs.names() == ["b.webp", "products/5/a-400.webp"]
    assert await blobs.names("products/") == ["products/5/a-400.webp"]
    assert await blobs.has("b.webp")
    await blobs.drop("b.webp")
    await blobs.drop("b.webp")
    assert not await blobs.has("b.webp")
    with pytest.raises(NoBlob):
        await blobs.get("b.webp")


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "/etc/passwd",
        "a/../../x",
        "a//b",
        ".hidden",
        "a/.b",
        "A.webp",
        "a b",
        "",
        "a\x00b",
        "a\\b",
        "a/",
        "x" * 201,
        "a..b",
    ],
)
async def test_a_name_that_could_leave_is_not_there(tmp_path: Path, name: str) -> None:
    blobs = FolderBlobs(tmp_path / "blobs")
    for ask in (blobs.get(name), blobs.put(name, b"x"), blobs.drop(name), blobs.has(name)):
        with pytest.raises(NoBlob):
            await ask
    assert not (tmp_path / "blobs").exists()


@given(st.text(max_size=60))
def test_every_name_that_passes_stays_inside(name: str) -> None:
    try:
        path = Path("/base") / checked(name)
    except NoBlob:
        return
    assert Path(os.path.normpath(path)).is_relative_to("/base")


async def test_a_write_that_fails_leaves_the_old_file_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = FolderBlobs(tmp_path)
    await blobs.put("a", b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as m:
        m.setattr(os, "replace", full)
        with pytest.raises(OSError, match="No space"):
            await blobs.put("a", b"new")
    assert await blobs.get("a") == b"old"
    assert os.listdir(tmp_path) == ["a"]
    with pytest.raises(ValueError, match="at most"):
        await blobs.put("a", bytes(LARGEST + 1))
