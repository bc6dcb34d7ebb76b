"""Foreign browser files: what is not as pinned is refused, and pages do without it."""

import base64
import copy
import hashlib
import importlib.util
import io
import json
import tarfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jishi.web.assets import Assets

ROOT = Path(__file__).resolve().parents[2]
LOCK = json.loads((ROOT / "vendor.lock.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def vendor() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor", ROOT / "tools/vendor.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as tar:
        for name, raw in files.items():
            info = tarfile.TarInfo(f"package/{name}")
            info.size = len(raw)
            tar.addfile(info, io.BytesIO(raw))
    return out.getvalue()


LIB = {"dist/lib.js": b"alert(1)", "LICENSE": b"MIT"}
ICON = b'<svg xmlns="x" width="24">\n  <path d="M1 1" />\n</svg>'
PACKAGE = {"name": "lib", "version": "1.0.0", "licence": "MIT", "files": [{"from": "dist/lib.js", "sha256": hashlib.sha256(b"alert(1)").hexdigest()}]}  # fmt: skip


def placed(vendor: ModuleType, tmp_path: Path, content: dict[str, bytes], **changed: Any) -> Path:
    tmp_path.mkdir(exist_ok=True)
    tarball = tmp_path / "lib.tgz"
    tarball.write_bytes(packed(content))
    vendor.place(copy.deepcopy(PACKAGE) | changed, tarball, tmp_path / "vendor", pin=False)
    return tmp_path / "vendor"


def test_every_package_is_pinned_whole_and_has_no_address() -> None:
    text = (ROOT / "vendor.lock.json").read_text("utf-8")
    assert "://" not in text
    for package in LOCK["packages"]:
        assert package["licence"]
        assert len(base64.b64decode(package["integrity"].removeprefix("sha512-"))) == 64
        assert all(len(f["sha256"]) == 64 for f in package.get("files", ()))


def test_a_file_and_its_licence_are_laid_under_name_and_version(vendor: ModuleType, tmp_path: Path) -> None:
    into = placed(vendor, tmp_path, LIB)
    assert {p.relative_to(into).as_posix() for p in into.rglob("*") if p.is_file()} == {
        "lib-1.0.0/lib.js",
        "lib-1.0.0/LICENSE",
    }
    assert vendor.lacks({"packages": [PACKAGE]}, into) == []
    (into / "lib-1.0.0/lib.js").write_bytes(b"alert(2)")
    assert vendor.lacks({"packages": [PACKAGE]}, into) == ["lib-1.0.0/lib.js"]


@pytest.mark.parametrize(
    "files",
    [LIB | {"dist/lib.js": b"alert(2)"}, {"LICENSE": b"MIT"}, {"dist/lib.js": b"alert(1)"}],
    ids=["another file", "no file", "no licence"],
)
def test_what_is_not_as_pinned_is_refused(vendor: ModuleType, tmp_path: Path, files: dict[str, bytes]) -> None:
    with pytest.raises(vendor.Wrong):
        placed(vendor, tmp_path, files)


def test_a_tarball_of_another_integrity_is_refused(vendor: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "lib.tgz").write_bytes(packed(LIB))
    says = ["sh", "-c", "echo lib.tgz"]
    right = "sha512-" + base64.b64encode(hashlib.sha512((tmp_path / "lib.tgz").read_bytes()).digest()).decode()
    assert vendor.fetch(says, PACKAGE | {"integrity": right}, tmp_path, pin=False) == tmp_path / "lib.tgz"
    with pytest.raises(vendor.Wrong, match="integrity"):
        vendor.fetch(says, PACKAGE | {"integrity": "sha512-AAAA"}, tmp_path, pin=False)
    with pytest.raises(vendor.Wrong, match="failed"):
        vendor.fetch(["sh", "-c", "exit 1"], PACKAGE | {"integrity": right}, tmp_path, pin=False)


def test_the_sprite_has_the_icons_in_use_and_no_script(vendor: ModuleType, tmp_path: Path) -> None:
    icons = {"icons/globe.svg": ICON, "icons/never-spoken-of.svg": ICON, "LICENSE": b"ISC"}
    into = placed(vendor, tmp_path, icons, files=[], icons="icons")
    assert (into / "icons.svg").read_text() == '<svg xmlns="http://www.w3.org/2000/svg"><symbol id="globe" viewBox="0 0 24 24"><path d="M1 1" /></symbol></svg>\n'  # fmt: skip
    (tmp_path / "x").mkdir()
    bad = {"icons/globe.svg": b"<svg><script>1</script></svg>", "LICENSE": b"ISC"}
    with pytest.raises(vendor.Wrong, match="plain"):
        placed(vendor, tmp_path / "x", bad, files=[], icons="icons")


def test_without_them_addresses_are_empty(tmp_path: Path) -> None:
    (tmp_path / "app.js").write_text("1")
    bare = Assets(tmp_path)
    assert (bare.url("vendor/htmx.min.js"), bare.symbols()) == ("", frozenset())
    (tmp_path / "vendor/htmx.org-2.0.11").mkdir(parents=True)
    (tmp_path / "vendor/htmx.org-2.0.11/htmx.min.js").write_text("2")
    assert Assets(tmp_path).url("vendor/htmx.min.js").startswith("/static/vendor/htmx.org-2.0.11/htmx.min.")


def test_the_things_of_pictures_lie_in_one_archive_by_their_names(vendor: ModuleType, tmp_path: Path) -> None:
    lib = {"package.json": b'{"license": "MIT"}', "assets/1fad6.webp": b"pot", "assets/270f-fe0f.webp": b"pencil"}
    vendor.wanted = lambda: ("teapot", "pencil")
    into = placed(vendor, tmp_path, lib, name="@somebody/lib", files=[], things="assets")
    assert (into / "lib-1.0.0" / "LICENSE").read_bytes() == b'{"license": "MIT"}'
    assert vendor.holds(into / "things.zip") == ("teapot", "pencil")
    assert vendor.lacks({"packages": [{"name": "lib", "version": "1.0.0", "things": "assets"}]}, into) == []
    vendor.wanted = lambda: ("teapot", "comet")
    with pytest.raises(vendor.Wrong, match="comet"):
        placed(vendor, tmp_path / "again", lib, name="lib", files=[], things="assets")


def test_a_package_that_says_another_licence_is_refused(vendor: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(vendor.Wrong, match="no licence"):
        placed(vendor, tmp_path, {"package.json": b'{"license": "GPL-3.0"}', "dist/lib.js": b"alert(1)"})
