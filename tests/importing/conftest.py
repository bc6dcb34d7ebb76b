import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from jishi.kernel import Engine

from .kit import Shop, open_shop

ROOT = Path(__file__).parent.parent.parent
WHOLE, THUMB = "derick-david-409858-unsplash.jpg", 240  # one photograph as it is; pixels of the others


@pytest.fixture
async def shop(engine: Engine) -> Shop:
    return await open_shop(engine)


@pytest.fixture(scope="session")
def vendure() -> Path:
    """The real catalogue's products.csv, its pictures beside it; fetched when it is not there."""
    if os.environ.get("JISHI_OFFLINE") == "1":
        pytest.skip("JISHI_OFFLINE=1: the real catalogue is not fetched")
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools/fixtures.py")], capture_output=True, text=True, timeout=110, check=False
    )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture(scope="session")
def vendure_small(vendure: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same file beside small copies of its photographs: to re-encode 54 large ones takes ten seconds."""
    folder = tmp_path_factory.mktemp("vendure")
    (folder / "images").mkdir()
    shutil.copyfile(vendure, folder / "products.csv")
    for photo in (vendure.parent / "images").iterdir():
        if photo.name == WHOLE:
            shutil.copyfile(photo, folder / "images" / photo.name)
            continue
        with Image.open(photo) as image:
            image.thumbnail((THUMB, 4 * THUMB))
            image.save(folder / "images" / photo.name)
    return folder / "products.csv"
