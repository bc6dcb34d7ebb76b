"""Our own browser files and the checked foreign ones: addresses that carry the content's hash, packed once, kept forever by browsers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from .packing import KEPT, best_coding, pack

FOLDER = Path(__file__).parent / "static"
BUNDLES: Mapping[str, Sequence[str]] = {
    "shop.css": ("tokens.css", "shop.css"),
    "admin.css": ("tokens.css", "shop.css", "admin.css"),
}
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".jpg": "image/jpeg",
    ".png": "image/png",
}
PACKED = frozenset({".css", ".js", ".svg"})
FOREVER = "public, max-age=31536000, immutable"


@dataclass
class Asset:
    name: str
    raw: bytes
    hash: str = ""
    forms: dict[str, bytes] = field(default_factory=dict)  # content coding → bytes, made when first asked for

    def __post_init__(self) -> None:
        self.hash = hashlib.sha256(self.raw).hexdigest()[:12]

    @property
    def suffix(self) -> str:
        return PurePosixPath(self.name).suffix

    @property
    def media_type(self) -> str:
        return TYPES[self.suffix]

    @property
    def url(self) -> str:
        """`/static/shop.0123456789ab.css`."""
        return f"/static/{self.name.removesuffix(self.suffix)}.{self.hash}{self.suffix}"

    def form(self, accepted: str) -> tuple[str, bytes]:
        """The smallest form the browser takes, and its content coding ("" = as it is)."""
        coding = best_coding(accepted) if self.suffix in PACKED else ""
        if coding and coding not in self.forms:
            self.forms[coding] = pack(self.raw, coding, KEPT)
        return coding, self.forms[coding] if coding else self.raw


class Assets:
    """Every file of the folder by name and by address. A file that is not there (foreign ones before the build) has the
    address "", and pages do without it."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder
        self.by_name: dict[str, Asset] = {}
        parts = {part for names in BUNDLES.values() for part in names}
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if path.is_file() and path.suffix in TYPES and name not in parts:
                self.by_name[name] = Asset(name, path.read_bytes())
        for name, names in BUNDLES.items():
            if all((folder / n).is_file() for n in names):
                self.by_name[name] = Asset(name, b"".join(pressed((folder / n).read_text("utf-8")) for n in names))
        for name in [n for n in self.by_name if n.startswith("vendor/")]:  # asked for without the version's folder
            self.by_name.setdefault(f"vendor/{PurePosixPath(name).name}", self.by_name[name])
        self.by_url = {asset.url: asset for asset in self.by_name.values()}

    def url(self, name: str) -> str:
        asset = self.by_name.get(name)
        return asset.url if asset else ""

    def symbols(self) -> frozenset[str]:
        """The names of the icons in the sprite; none before the build."""
        sprite = self.by_name.get("vendor/icons.svg")
        return frozenset(re.findall(r'<symbol id="([a-z0-9-]+)"', sprite.raw.decode())) if sprite else frozenset()


def pressed(css: str) -> bytes:
    """CSS without comments and line breaks; what stays is what was written."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return re.sub(r"\s*\n\s*", "", css).encode()
