import os
import subprocess
import sys
from pathlib import Path

import pytest

from jishi.kernel import Engine

from .kit import Shop, open_shop

ROOT = Path(__file__).parent.parent.parent


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
