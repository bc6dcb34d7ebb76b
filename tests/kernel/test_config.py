"""Configuration: defaults < file < environment, and a production that refuses what is not safe."""

from pathlib import Path

import pytest

from jishi.kernel.config import DEMO, EX_CONFIG, Config, ConfigWrong, Dsn, Secrets, load, load_or_exit

GOOD = {
    "JISHI_MODE": "production",
    "JISHI_BASE_URL": "https://shop.example",
    "JISHI_SECRETS__MASTER": "m-4f8a1c9e7b2d6053aa17c8e94b60d2f1",
    "JISHI_SECRETS__WEB": "w-0d93be57a1f24c68b7e0153fd8a2c946",
    "JISHI_SECRETS__RPC": "r-a7c60e1b95d84f32c0b86ad73e91f450",
}


def problems(env: dict[str, str], path: Path | None = None) -> list[str]:
    with pytest.raises(ConfigWrong) as e:
        load(path, env)
    return e.value.problems


def test_a_demo_needs_nothing_to_be_told() -> None:
    config = load(env={})
    assert (config.mode, config.port, config.market, config.dsn("goods.catalog")) == ("demo", 8000, "CN", None)
    assert (config.shop_db, config.keys_db) == (Path("var/shop.db"), Path("var/keys.db"))
    assert not config.https
    assert not config.production


def test_the_environment_wins_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "jishi.toml"
    file.write_text('port = 9001\nname = "A"\n[databases]\ndefault = "mysql://root@db/shop"\n', "utf-8")
    config = load(file, {"JISHI_PORT": "9002", "JISHI_DATABASES__TRADE.ORDERS": "mysql://u:p%40x@far:3307/orders"})
    assert (config.port, config.name, config.market) == (9002, "A", "CN")
    assert config.dsn("goods.catalog") == Dsn("db", 3306, "root", "", "shop")
    assert config.dsn("trade.orders") == Dsn("far", 3307, "u", "p@x", "orders")


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "web").write_text("a-secret-from-a-file\n", "utf-8")
    assert load(env={"JISHI_SECRETS__WEB_FILE": str(tmp_path / "web")}).secrets.web == "a-secret-from-a-file"
    assert problems({"JISHI_SECRETS__WEB_FILE": str(tmp_path / "none")}) == [
        "JISHI_SECRETS__WEB_FILE: cannot read the file it names"
    ]


def test_names_of_others_in_the_environment_are_left_alone() -> None:
    assert load(env={"JISHI_TEST_MARIADB_DB": "x", "HOME": "/"}) == Config()


def test_every_problem_is_told_at_once() -> None:
    found = problems({"JISHI_MODE": "production", "JISHI_NODE": "64", "JISHI_DATABASES__DEFAULT": "postgres://x"})
    assert [p.split(":")[0] for p in found] == [
        "node",
        "databases.default",
        "secrets.master",
        "secrets.web",
        "secrets.rpc",
        "base_url",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JISHI_SECRETS__WEB", DEMO + "web-0123456789abcdef"),
        ("JISHI_SECRETS__WEB", "short"),
        ("JISHI_SECRETS__WEB", "a" * 64),
        ("JISHI_SECRETS__WEB", GOOD["JISHI_SECRETS__RPC"]),
        ("JISHI_BASE_URL", "http://shop.example"),
    ],
)
def test_production_refuses(name: str, value: str) -> None:
    assert load(env=GOOD).production
    assert len(problems(GOOD | {name: value})) == 1


@pytest.mark.parametrize(
    "env",
    [
        {"JISHI_PORT": "eighty"},
        {"JISHI_PORT": "0"},
        {"JISHI_MODE": "test"},
        {"JISHI_MARKET": "XX"},
        {"JISHI_LOCALE": "fr"},
        {"JISHI_BASE_URL": "shop.example"},
        {"JISHI_BASE_URL": "https://shop.example/sub"},
        {"JISHI_SECRETS__OTHER": "x"},
        {"JISHI_PORT__DEEP": "1", "JISHI_PORT": "8000"},
        {"JISHI_CONFIG": "/nowhere/jishi.toml"},
    ],
)
def test_a_wrong_value_is_a_sentence_and_no_traceback(env: dict[str, str]) -> None:
    assert len(problems(env)) == 1


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    file = tmp_path / "jishi.toml"
    file.write_text("port = ", "utf-8")
    assert problems({}, file)[0].startswith(str(file))


def test_the_process_leaves_with_78_and_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as e:
        load_or_exit(env=GOOD | {"JISHI_SECRETS__WEB": "short-but-private"})
    assert e.value.code == EX_CONFIG == 78
    said = capsys.readouterr().err
    assert "secrets.web: too short" in said
    assert "short-but-private" not in said


def test_secrets_and_passwords_are_never_shown() -> None:
    config = load(env=GOOD | {"JISHI_DATABASES__DEFAULT": "mysql://u:hidden@h/n"})
    assert repr(config.secrets) == "Secrets(…)"
    assert "hidden" not in repr(config.dsn("x"))


def test_each_secret_gives_its_own_key() -> None:
    secrets = Secrets(master="same", web="same", rpc="same")
    keys = {secrets.bytes_of("master"), secrets.bytes_of("web"), secrets.bytes_of("rpc")}
    assert len(keys) == 3
    assert {len(k) for k in keys} == {32}
