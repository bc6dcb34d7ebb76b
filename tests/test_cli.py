"""The commands: help, exit codes, one sentence for what is refused, and processes that start, answer and stop."""

import csv
import sqlite3
from pathlib import Path

import httpx
import pytest
import uvloop
from click.testing import Result

from jishi.cli import main
from jishi.kernel.config import Config
from jishi.process import _holder
from tests.goods.catalog.kit import photo

from .commands import GOODS, ROOT, copied, env_of, free_port, furnish, invoked, jishi, started

COMMANDS = sorted(main.commands)
NO_SERVER = "Can't connect to MySQL server on '127.0.0.1' ([Errno 111] Connection refused)."


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("furnished")
    uvloop.run(furnish(folder))
    return folder


@pytest.fixture
def shop(furnished: Path, tmp_path: Path) -> Path:
    """A small shop that the test may change."""
    return copied(furnished, tmp_path / "shop")


def run(folder: Path, *args: str, **env: str) -> Result:
    """Beside the folder, where no jishi.toml is."""
    return invoked(args, env_of(folder, **env), folder.parent)


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_every_command_has_help(tmp_path: Path, name: str) -> None:
    done = run(tmp_path / "data", *([name] if name else []), "--help")
    assert done.exit_code == 0
    assert "Usage:" in done.stdout
    if not name:
        assert all(f"\n  {c} " in done.stdout for c in COMMANDS)
    assert list(tmp_path.iterdir()) == []


def test_the_commands_are_those_that_the_documents_tell() -> None:
    assert COMMANDS == ["bench", "demo", "doctor", "export", "import", "migrate", "serve", "sim", "train", "worker"]


@pytest.mark.parametrize(
    "args",
    [
        ("nothing",),
        ("import",),
        ("import", "none.csv", "--merchant", "m", "--warehouse", "w"),
        ("export",),
        ("serve", "--port", "0"),
        ("serve", "--port", "many"),
        ("demo", "--catalog", "mine"),
        ("sim", "--seeds", "0"),
        ("bench", "nothing"),
        ("export", "x.csv", "--locale", "tlh"),
    ],
)
def test_a_wrong_call_is_2(tmp_path: Path, args: tuple[str, ...]) -> None:
    done = run(tmp_path / "data", *args)
    assert done.exit_code == 2
    assert "Error:" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["serve", "worker", "migrate", "doctor"])
def test_production_with_the_demos_secrets_is_78(tmp_path: Path, command: str) -> None:
    done = run(tmp_path / "data", command, JISHI_MODE="production")
    assert done.exit_code == 78
    assert [line.split(":")[0] for line in done.stderr.splitlines()] == [
        "jishi", "  - secrets.master", "  - secrets.web", "  - secrets.rpc", "  - base_url",
    ]  # fmt: skip
    assert not (tmp_path / "data").exists()


def test_migrate_makes_the_databases_and_says_when_there_is_nothing_to_do(tmp_path: Path) -> None:
    first, second = run(tmp_path / "new", "migrate"), run(tmp_path / "new", "migrate")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "trade_orders_0001" in first.stdout
    assert second.stdout == "default: up to date\npeople.keys: up to date\n"


def test_doctor_is_content_with_a_good_shop_and_names_what_is_wrong(shop: Path) -> None:
    good = run(shop, "doctor")
    assert (good.exit_code, "✗" in good.stdout) == (int("browser files: missing" in good.stdout), bool(good.exit_code))
    assert "✓ ledger" in good.stdout
    (shop / "shop.db").write_bytes(b"no database at all" * 1_000)
    bad = run(shop, "doctor")
    assert bad.exit_code == 1
    assert bad.stderr == "The database “default” cannot be opened: file is not a database.\n"


def test_goods_go_in_and_out(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    file.write_text(GOODS.replace("cup,Cup,CUP", "pot,Teapot,POT"), "utf-8")
    call = ("import", str(file), "--merchant", "pomelo", "--warehouse", "hz", "--locale", "zh-CN")
    said = "1 product is in, with 1 variants, 1 prices, 3 pieces in stock and 0 pictures; 0 left out."
    for _ in range(2):
        done = run(shop, *call)
        assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, said)
    done = run(shop, "export", "out.csv", "--merchant", "pomelo")
    assert (done.exit_code, done.stdout) == (0, "2 products are in out.csv.\n")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as opened:
        rows = [
            (r["Handle"], r["Title"], r["Variant Price"], r["Variant Inventory Qty"]) for r in csv.DictReader(opened)
        ]
    assert sorted(rows) == [("cup", "Cup", "5.00", "3"), ("pot", "Teapot", "5.00", "3")]


def test_pictures_may_lie_elsewhere(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "shots").mkdir()
    (tmp_path / "shots" / "pot.png").write_bytes(photo(300, 200))
    (tmp_path / "pot.csv").write_text("Handle,Title,Variant Price,Image Src\npot,Teapot,5,pot.png\n", "utf-8")
    call = ("import", "pot.csv", "--merchant", "pomelo", "--warehouse", "hz", "--images")
    assert "1 pictures" in run(shop, *call, "shots").stdout
    assert run(shop, *call, "nowhere").exit_code == 2


def test_bad_lines_are_named_and_a_dry_run_writes_nothing(shop: Path) -> None:
    file = str(ROOT / "tests/data/shopify_broken.csv")
    done = run(shop, "import", file, "--merchant", "pomelo", "--warehouse", "hz", "--dry-run")
    assert done.exit_code == 1
    assert "Line 8, Variant Price: “ninety” is not a price in CNY." in done.stdout
    assert done.stdout.splitlines()[-1].endswith("Nothing was written.")
    assert run(shop, "export", "out.csv").stdout == "1 product is in out.csv.\n"


@pytest.mark.parametrize(
    ("args", "env", "said"),
    [
        (("export", "x.csv", "--merchant", "nobody"), {}, "There is no merchant “nobody”."),
        (("export", "x.csv", "--merchant", "nobody"), {"JISHI_LOCALE": "zh-CN"}, "没有商家“nobody”。"),
        (("export", "x.csv", "--market", "XX"), {}, "There is no market “XX”."),
        (("export", "no/where.csv"), {}, "no/where.csv cannot be read or written: No such file or directory."),
        (
            ("migrate",),
            {"JISHI_DATABASES__DEFAULT": "mysql://root@127.0.0.1:1/x"},
            "The database “default” cannot be opened: 2003 " + NO_SERVER,
        ),
    ],
)
def test_what_is_refused_is_one_sentence(shop: Path, args: tuple[str, ...], env: dict[str, str], said: str) -> None:
    done = run(shop, *args, **env)
    assert (done.exit_code, done.stderr) == (1, f"{said}\n")


def test_an_unknown_merchant_is_the_imports_one_trouble(shop: Path) -> None:
    done = run(shop, "import", str(shop / "goods.csv"), "--merchant", "nobody", "--warehouse", "hz")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (1, "The file: There is no merchant “nobody”.")


def test_an_older_database_asks_to_be_migrated(shop: Path) -> None:
    with sqlite3.connect(shop / "shop.db") as c:
        c.execute("DELETE FROM alembic_version WHERE version_num LIKE 'trade_tax_%'")
    c.close()
    done = run(shop, "export", "x.csv")
    assert done.exit_code == 1
    assert "Run `jishi migrate`, then try again." in done.stderr
    assert "trade_tax" in done.stderr


def test_without_the_catalogue_a_demo_of_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jishi.sandbox.demo.fixtures.FILE", tmp_path / "none.csv")
    done = run(tmp_path / "data", "demo", "--catalog", "fixtures", "--port", str(free_port()))
    assert done.exit_code == 1
    assert "Fetch it with `make fixtures`" in done.stderr
    assert not (tmp_path / "data" / "filled-fixtures").exists()


def test_histories(tmp_path: Path) -> None:
    done = jishi(["sim", "--seeds", "2", "--steps", "3"], env_of(tmp_path), tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith("2 histories in ")
    assert done.stdout.rstrip().endswith("0 with a violation")


def test_demo_serves_a_prepared_shop_until_it_is_told_to_stop(shop: Path, tmp_path: Path) -> None:
    (shop / "filled-own").write_text("filled\n")
    port = free_port()
    with started(["demo", "--port", str(port), "--data", str(shop)], env_of(shop), tmp_path, port):
        page = httpx.get(f"http://127.0.0.1:{port}/en/products/cup")
        assert (page.status_code, "<h1>Cup</h1>" in page.text) == (200, True)
        again = run(shop, "serve", "--port", str(port))
        assert (again.exit_code, again.stderr) == (
            1, f"Something else answers on 127.0.0.1:{port}. End it, or choose another port with --port.\n",
        )  # fmt: skip
        done = run(shop, "export", "out.csv", JISHI_PORT=str(port))  # a tool works beside it
        assert (done.exit_code, done.stdout) == (0, "1 product is in out.csv.\n")
    assert f"on http://localhost:{port} · staff: http://localhost:{port}/en/desk" in (tmp_path / "demo.log").read_text()


def test_serve_and_worker_share_the_work_under_names_of_their_own(shop: Path, tmp_path: Path) -> None:
    port = free_port()
    env = env_of(shop, JISHI_PORT=str(port), JISHI_MODE="dev")
    with started(["serve", "--no-worker"], env, tmp_path, port), started(["worker"], env, tmp_path, says="Delivering"):
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    assert "Traceback" not in (tmp_path / "serve.log").read_text() + (tmp_path / "worker.log").read_text()


def test_only_a_server_is_known_again_by_its_port(tmp_path: Path) -> None:
    config = Config(data=str(tmp_path))
    assert _holder(config, "server") == _holder(config, "server")
    assert len({_holder(config, part) for part in ("server", "worker", "worker", "tool", "tool")}) == 5
