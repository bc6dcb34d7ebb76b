"""What a shop is told from outside: defaults < `jishi.toml` < environment (`JISHI_PORT`, `JISHI_SECRETS__WEB`).

A value of the environment may be a file's: `JISHI_SECRETS__MASTER_FILE=/run/secrets/master`. Nothing else of the process
reads the environment."""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn, get_type_hints
from urllib.parse import urlsplit

import msgspec

PREFIX, EX_CONFIG = "JISHI_", 78  # sysexits.h: configuration error
SHORTEST_SECRET = 32  # characters
DEMO = "demo-not-secret-"
DEMO_STAFF = ("staff@jishi.example", "jishi-demo-staff")  # e-mail, password; the sign-in page of a demo shows them


class ConfigWrong(Exception):
    """Every problem found, a sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__("; ".join(problems))


class Secrets(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`master` wraps the vault's keys, `web` signs CSRF tokens and links, `rpc` seals calls between processes."""

    master: str = DEMO + "master-0123456789abcdef"
    web: str = DEMO + "web-0123456789abcdef"
    rpc: str = DEMO + "rpc-0123456789abcdef"

    def __repr__(self) -> str:
        return "Secrets(…)"

    def bytes_of(self, name: Literal["master", "web", "rpc"]) -> bytes:
        """A key of 32 bytes, whatever the length of the secret's text."""
        import hashlib

        return hashlib.blake2b(getattr(self, name).encode(), digest_size=32, person=name.encode()).digest()


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A whole configuration. `databases` maps a module's name, or `default`, to `mysql://user:password@host:port/name`;
    a module that is not named lives in the default one, and without any all of them live in SQLite files under `data`.

    `providers` is handed to the entry points of that name as it is: `[providers.stripe] key = "…"`."""

    mode: Literal["demo", "dev", "production"] = "demo"
    name: str = "Jishi"
    base_url: str = "http://localhost:8000"
    host: str = "127.0.0.1"
    port: int = 8000
    data: str = "var"
    databases: dict[str, str] = {}
    pool: int = 8  # connections a MariaDB database
    secrets: Secrets = Secrets()
    market: str = "CN"
    markets: str = ""  # a TOML file in place of the shipped table
    locale: str = "zh-CN"
    proxies: int = 0  # how many reverse proxies stand before us and append to X-Forwarded-For
    log: Literal["console", "json"] = "console"
    level: Literal["debug", "info", "warning", "error"] = "info"
    node: int = 1  # 0 … 63, of the ids
    rates: dict[str, str] = {}  # rate class → "20/minute", over the shipped ones
    providers: dict[str, dict[str, Any]] = {}

    @property
    def folder(self) -> Path:
        return Path(self.data)

    @property
    def shop_db(self) -> Path:
        return self.folder / "shop.db"

    @property
    def keys_db(self) -> Path:
        return self.folder / "keys.db"

    @property
    def documents_db(self) -> Path:
        return self.folder / "documents.db"

    @property
    def blobs(self) -> Path:
        return self.folder / "blobs"

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def production(self) -> bool:
        return self.mode == "production"

    def dsn(self, module: str) -> Dsn | None:
        """The MariaDB database of a module; None = the embedded file."""
        text = self.databases.get(module) or self.databases.get("default")
        return Dsn.of(text) if text else None


class Dsn(msgspec.Struct, frozen=True):
    host: str
    port: int
    user: str
    password: str
    name: str

    def __repr__(self) -> str:
        return f"Dsn({self.user}@{self.host}:{self.port}/{self.name})"

    @classmethod
    def of(cls, text: str) -> Dsn:
        """From `mysql://user:password@host:3306/name` (or `mariadb://`); anything else is a ValueError without the text."""
        from urllib.parse import unquote

        parts = urlsplit(text)
        name = parts.path.strip("/")
        if parts.scheme not in ("mysql", "mariadb") or not parts.hostname or not name or "/" in name:
            raise ValueError("not mysql://user:password@host:port/name")
        user, password = unquote(parts.username or "root"), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or 3306, user, password, name)


def load(path: Path | str | None = None, env: Mapping[str, str] | None = None) -> Config:
    """The configuration, checked; raises `ConfigWrong` with every problem. `path` None = `./jishi.toml` if it is there."""
    env = os.environ if env is None else env
    file = Path(path) if path else Path(env.get(PREFIX + "CONFIG", "jishi.toml"))
    told: dict[str, Any] = {}
    if path or PREFIX + "CONFIG" in env or file.is_file():
        try:
            told = tomllib.loads(file.read_text("utf-8"))
        except OSError as e:
            raise ConfigWrong([f"{file}: {e.strerror}"]) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as e:
            raise ConfigWrong([f"{file}: {e}"]) from None
    problems = overlay(told, env)
    if problems:
        raise ConfigWrong(problems)
    try:
        config = msgspec.convert(told, Config, strict=False)
    except msgspec.ValidationError as e:
        raise ConfigWrong([str(e)]) from None
    if problems := check(config):
        raise ConfigWrong(problems)
    return config


def overlay(told: dict[str, Any], env: Mapping[str, str]) -> list[str]:
    """`told` with the environment's values in it; what could not be read is told.

    `JISHI_TEST_…` and names that no field has are somebody else's and left alone, except below a known table."""
    fields, problems = get_type_hints(Config), []
    for name in sorted(env):
        path = name.removeprefix(PREFIX).lower().split("__")
        value = env[name]
        if not name.startswith(PREFIX) or name == PREFIX + "CONFIG":
            continue
        if path[-1].endswith("_file"):
            path[-1] = path[-1].removesuffix("_file")
            if path[0] not in fields:
                continue
            try:
                value = Path(value).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError):
                problems.append(f"{name}: cannot read the file it names")
                continue
        if path[0] not in fields:
            continue
        into = told
        for step in path[:-1]:
            into = into.setdefault(step, {})
            if not isinstance(into, dict):
                problems.append(f"{name}: {step} is no table")
                break
        else:
            into[path[-1].replace("--", ".")] = value
    return problems


def check(config: Config) -> list[str]:
    """What is wrong with a configuration; production is stricter: no secret of the demo, a short or a doubled one."""
    from .market import markets

    problems = []
    url = urlsplit(config.base_url)
    if url.scheme not in ("http", "https") or not url.hostname or url.path.strip("/") or url.query or url.fragment:
        problems.append("base_url: must be http(s)://host[:port] and nothing more")
    if not 0 < config.port < 65_536:
        problems.append("port: must be 1 … 65535")
    if not 0 <= config.node < 64:
        problems.append("node: must be 0 … 63")
    if not 1 <= config.pool <= 200:
        problems.append("pool: must be 1 … 200")
    try:
        if config.market not in markets(config.markets):
            problems.append(f"market: {config.market} is not in the table of markets")
    except (OSError, ValueError) as e:
        problems.append(f"markets: {e}")
    if config.locale not in ("zh-CN", "en"):
        problems.append("locale: must be zh-CN or en")
    for module, text in config.databases.items():
        try:
            Dsn.of(text)
        except ValueError as e:
            problems.append(f"databases.{module}: {e}")
    if config.production:
        problems += check_production(config)
    return problems


def check_production(config: Config) -> list[str]:
    problems, seen = [], dict[str, str]()
    for name in config.secrets.__struct_fields__:
        value = getattr(config.secrets, name)
        if value.startswith(DEMO) or "demo" in value.lower():
            problems.append(f"secrets.{name}: the demo's; set {PREFIX}SECRETS__{name.upper()} or …_FILE")
        elif len(value) < SHORTEST_SECRET or len(set(value)) < 8:
            problems.append(f"secrets.{name}: too short or too plain; at least {SHORTEST_SECRET} characters of chance")
        elif value in seen:
            problems.append(f"secrets.{name}: the same as secrets.{seen[value]}")
        seen[value] = name
    if not config.https:
        problems.append("base_url: production is served by https")
    return problems


def load_or_exit(path: Path | str | None = None, env: Mapping[str, str] | None = None) -> Config:
    """`load`, or the list of problems on stderr and exit 78."""
    try:
        return load(path, env)
    except ConfigWrong as e:
        leave(e.problems)


def leave(problems: Sequence[str]) -> NoReturn:
    print("jishi: the configuration is wrong:", *[f"  - {p}" for p in problems], sep="\n", file=sys.stderr)
    raise SystemExit(EX_CONFIG)
