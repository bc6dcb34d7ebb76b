"""`jishi` as a process: started with its data in a folder, asked, and ended by SIGTERM."""

import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from pathlib import Path

import httpx
from click.testing import CliRunner, Result

from jishi.cli import main
from jishi.goods.inventory import PutWarehouse
from jishi.importing import ImportAsk, import_file
from jishi.kernel.config import Config
from jishi.kernel.place import Region
from jishi.people.merchants import PutMerchant
from jishi.process import opened
from tests.kit import STAFF

ROOT = Path(__file__).parents[1]
START_S, STOP_S, RUN_S, LOOK_S = 60, 15, 90, 0.1
GOODS = """Handle,Title,Variant SKU,Variant Inventory Qty,Variant Price
cup,Cup,CUP,3,5.00
"""


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def env_of(folder: Path, **more: str) -> dict[str, str]:
    """Nothing of ours from outside, and the data in `folder`."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("JISHI_")}
    return clean | {"JISHI_DATA": str(folder), "JISHI_LOCALE": "en", "COLUMNS": "200"} | more


def jishi(args: Sequence[str], env: Mapping[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """One command that ends by itself."""
    return subprocess.run(
        [sys.executable, "-m", "jishi", *args], env=env, cwd=cwd, capture_output=True, text=True, timeout=RUN_S, check=False
    )  # fmt: skip


def invoked(args: Sequence[str], env: Mapping[str, str], cwd: Path) -> Result:
    """The same within this process, which is quicker; the process is as it was then."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        with chdir(cwd):
            return CliRunner().invoke(main, list(args), env={**dict.fromkeys(os.environ), **env})
    finally:
        root.handlers[:], root.level = handlers, level


@contextmanager
def started(
    args: Sequence[str], env: Mapping[str, str], cwd: Path, port: int = 0, says: str = ""
) -> Iterator[subprocess.Popen[bytes]]:
    """A command that goes on, once its port answers or it has said its words; ended by SIGTERM with exit code 0."""
    log = cwd / f"{args[0]}.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "jishi", *args],
            env={**env, "PYTHONUNBUFFERED": "1"}, cwd=cwd, stdout=written, stderr=written,
        )  # fmt: skip
    try:
        for _ in range(int(START_S / LOOK_S)):
            if _is_up(port) if port else says in log.read_text("utf-8"):
                break
            try:
                process.wait(LOOK_S)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"{args} ended: {log.read_text('utf-8')}")
        else:
            raise AssertionError(f"{args} did not start: {log.read_text('utf-8')}")
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_S) == 0, log.read_text("utf-8")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _is_up(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=1).status_code == 200
    except httpx.HTTPError:
        return False


async def furnish(folder: Path) -> None:
    """A shop in `folder` as the documents speak of it: the merchant pomelo with a cup in the warehouse hz."""
    async with opened(Config(data=str(folder)), relay=False, part="tool") as running:
        shop = running.shop
        await shop.merchants.put(STAFF, PutMerchant("pomelo", {"en": "Pomelo Living"}, "CN", "CNY"))
        await shop.inventory.put_warehouse(STAFF, PutWarehouse("hz", {"en": "Hangzhou"}, Region("CN", "浙江省")))
        (folder / "goods.csv").write_text(GOODS, "utf-8")
        report = await import_file(shop, ImportAsk(str(folder / "goods.csv"), "pomelo", "hz"))
        assert not report.problems


def copied(folder: Path, into: Path) -> Path:
    shutil.copytree(folder, into)
    return into
