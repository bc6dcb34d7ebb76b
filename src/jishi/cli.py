"""The commands. Exit codes: 0 done, 1 something was found or refused, 2 a wrong call, 78 a wrong configuration."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from jishi.kernel.config import Config, load_or_exit
from jishi.kernel.i18n import LOCALES

if TYPE_CHECKING:
    from jishi.importing import ImportAsk

STAGES = {"goods": "Filling the shelves", "pictures": "Taking pictures", "orders": "A year of orders"}
out = Console(highlight=False)
err = Console(highlight=False, stderr=True)


class Commands(click.Group):
    """What the shop refuses is one sentence in its language on stderr, and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        from jishi.kernel.faults import Fault
        from jishi.kernel.migrations import Outdated

        try:
            return super().invoke(ctx)
        except (Fault, Outdated, OSError) as e:
            config = ctx.find_object(Config) or Config()
            if config.level == "debug" or (isinstance(e, OSError) and not e.filename):  # a mistake of ours
                raise
            err.print(_sentence(e, config.locale), soft_wrap=True, markup=False)
            ctx.exit(1)


def _sentence(e: Exception, locale: str) -> str:
    from jishi.kernel.faults import Fault
    from jishi.kernel.i18n import shipped, t

    if isinstance(e, Fault):
        from jishi.web.problems import sentence

        return sentence(e, shipped(), locale)
    if isinstance(e, OSError):
        return t("cli.file", locale, file=str(e.filename).removesuffix(".part"), why=e.strerror or type(e).__name__)
    return t("cli.outdated", locale, what=str(e).partition(":")[0].removeprefix("behind in "))


def run(work: Coroutine[Any, Any, Any]) -> Any:
    import uvloop

    return uvloop.run(work)


def bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=out
    )


def configured(**told: Any) -> Config:
    """The configuration with what the command line says on top; says so and exits 78 when it is wrong."""
    from jishi.kernel import log

    env = dict(os.environ)
    env |= {f"JISHI_{k.upper()}": str(v) for k, v in told.items() if v is not None}
    config = load_or_exit(env=env)
    log.setup(config.log, config.level)
    click.get_current_context().find_root().obj = config
    return config


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jishi")
def main() -> None:
    """Jishi (集市): an e-commerce platform on one machine or on many."""


@main.command()
@click.option("--host", help="Address to listen on [127.0.0.1].")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port [8000].")
@click.option("--data", type=click.Path(path_type=Path), help="Folder of the databases and pictures [var/demo].")
@click.option(
    "--catalog", type=click.Choice(["own", "fixtures"]), default="own", show_default=True, help="Whose goods."
)
@click.option("--orders", type=click.IntRange(0, 100_000), help="So many orders over the year that lies behind [2000].")
@click.option(
    "--products", type=click.IntRange(0, 1_000_000), default=0, help="So many generated goods, for measurements."
)
def demo(
    host: str | None, port: int | None, data: Path | None, catalog: str, orders: int | None, products: int
) -> None:
    """A whole shop with goods, a payment provider, a carrier and a mailbox, all on this machine."""
    name = "var/demo" if catalog == "own" else "var/demo-fixtures"
    folder = data or Path(os.environ.get("JISHI_DATA", f"{name}-{products}" if products else name))
    from jishi.process import port_free

    address = os.environ.get("JISHI_BASE_URL") or (f"http://localhost:{port}" if port else None)
    config = configured(mode="demo", host=host, port=port, data=folder, base_url=address, level=_quiet())
    marker = config.folder / f"filled-{catalog}"
    port_free(config)
    if not marker.exists():
        run(_fill_fixtures(config) if catalog == "fixtures" else _fill(config, orders, products))
        marker.write_text("filled\n")
    out.print(
        f"[bold]Jishi[/] on {config.base_url} · staff: {config.base_url}/en/desk · Ctrl-C ends it", soft_wrap=True
    )
    _serve(config, pictures=catalog == "own" and not products)


def _quiet() -> str | None:
    """The demo speaks when something is wrong, unless it is told otherwise."""
    return os.environ.get("JISHI_LEVEL") or "warning"


async def _fill(config: Config, orders: int | None, products: int) -> None:
    from jishi.process import opened_then
    from jishi.sandbox.demo.opening import ORDERS, make

    with bar() as progress:
        tasks = dict[str, TaskID]()

        def told(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(STAGES[what], total=of)
            progress.update(tasks[what], completed=done)

        await make(config, opened_then, told, ORDERS if orders is None else orders, products)


async def _fill_fixtures(config: Config) -> None:
    from jishi.process import opened
    from jishi.sandbox.demo.fixtures import fill_fixtures

    async with opened(config) as running:
        with bar() as progress:
            task = progress.add_task(STAGES["goods"], total=None)
            await fill_fixtures(running.shop, lambda done, of: progress.update(task, completed=done, total=of))
        await running.shop.relay.drain()


def _serve(config: Config, *, relay: bool = True, pictures: bool = False) -> None:
    from jishi.process import serve as serving

    if pictures:
        from jishi.sandbox.demo.opening import afterwards

        run(serving(config, relay=relay, beside=afterwards))
    else:
        run(serving(config, relay=relay))


@main.command()
@click.option("--host", help="Address to listen on [127.0.0.1].")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port [8000].")
@click.option("--worker/--no-worker", default=True, show_default=True, help="Deliver events in this process, too.")
def serve(host: str | None, port: int | None, worker: bool) -> None:
    """Serve the shop of jishi.toml and the environment."""
    from jishi.process import port_free

    config = configured(host=host, port=port)
    port_free(config)
    _serve(config, relay=worker)


@main.command()
def worker() -> None:
    """Deliver events and timers, and nothing else."""
    run(_work(configured()))


async def _work(config: Config) -> None:
    import signal

    from jishi.process import opened

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with opened(config, part="worker"):
        out.print("Delivering events · Ctrl-C ends it")
        await stop.wait()


@main.command()
def migrate() -> None:
    """Bring every database to the tables of this version."""
    run(_migrate(configured(level=_quiet())))


async def _migrate(config: Config) -> None:
    from jishi.process import migrated

    for name, moved in (await migrated(config)).items():
        out.print(f"{name}: {moved or 'up to date'}")


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--merchant", required=True, help="Handle of the merchant whose goods these are.")
@click.option("--warehouse", required=True, help="Code of the warehouse that holds their stock.")
@click.option("--format", type=click.Choice(["auto", "shopify", "vendure"]), default="auto", show_default=True)
@click.option("--market", help="Market of the prices [the shop's].")
@click.option("--currency", help="Currency of the prices [the market's].")
@click.option("--locale", type=click.Choice(LOCALES), help="Language of the texts [told by the letters].")
@click.option(
    "--images",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the pictures [the file's own, or images beside it].",
)
@click.option("--dry-run", is_flag=True, help="Read and report, write nothing.")
def import_(file: Path, market: str | None, **told: Any) -> None:
    """Read products with pictures, prices and stock from a CSV; every bad line is reported, good ones go in."""
    from jishi.importing import ImportAsk

    config = configured(level=_quiet())
    said: dict[str, Any] = {name: str(v) if isinstance(v, Path) else v for name, v in told.items() if v is not None}
    sys.exit(run(_import(config, ImportAsk(str(file), market=market or config.market, **said))))


async def _import(config: Config, ask: ImportAsk) -> int:
    from jishi.importing import import_file, show
    from jishi.process import opened

    async with opened(config, relay=False, part="tool") as running:
        with bar() as progress:
            task = progress.add_task(Path(ask.file).name, total=None)
            report = await import_file(
                running.shop, ask, lambda done, of: progress.update(task, completed=done, total=of or None)
            )
    for line in show(report, config.locale):
        out.print(line, soft_wrap=True, markup=False)
    return 1 if report.problems else 0


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--merchant", help="Handle of one merchant [all].")
@click.option("--market", help="Market of the prices [each merchant's own].")
@click.option("--locale", type=click.Choice(LOCALES), default="en", show_default=True, help="Language of the texts.")
def export(file: Path, merchant: str | None, market: str | None, locale: str) -> None:
    """Write the products as a Shopify CSV, their pictures in `images` beside it."""
    run(_export(configured(level=_quiet()), file, merchant or "", market or "", locale))


async def _export(config: Config, file: Path, merchant: str, market: str, locale: str) -> None:
    from jishi.importing import export_file
    from jishi.kernel.i18n import t
    from jishi.process import opened

    async with opened(config, relay=False, part="tool") as running:
        products = await export_file(running.shop, str(file), merchant, market, locale)
    out.print(t("cli.exported", config.locale, n=products, file=str(file)), soft_wrap=True, markup=False)


@main.command()
def train() -> None:
    """Learn what to recommend from behaviour and orders, judge it against popularity, and use it."""
    run(_train(configured(level=_quiet())))


async def _train(config: Config) -> None:
    from jishi.insight.recommend import Train
    from jishi.kernel import SYSTEM
    from jishi.kernel.i18n import percent, t
    from jishi.process import opened

    async with opened(config, relay=False, part="tool") as running:
        model = await running.shop.recommend.train(SYSTEM, Train())
    facts: dict[str, int] = dict(version=model.version, visitors=model.visitors, items=model.items, ms=model.took_ms)
    out.print(t("cli.trained", config.locale, **facts), soft_wrap=True, markup=False)
    if model.quality is None:
        out.print(t("cli.trained.unjudged", config.locale), soft_wrap=True, markup=False)
        return
    hit, popular = (percent(round(x * 10_000), config.locale) for x in (model.quality.hit, model.quality.popular_hit))
    said = t("cli.trained.judged", config.locale, visitors=model.quality.visitors, hit=hit, popular=popular)
    out.print(said, soft_wrap=True, markup=False)


@main.command()
@click.option("--seed", type=int, help="One history, in words.")
@click.option("--seeds", type=click.IntRange(1), default=100, show_default=True, help="So many histories.")
@click.option("--steps", type=click.IntRange(1), help="End each history after so many steps.")
def sim(seed: int | None, seeds: int, steps: int | None) -> None:
    """Histories of a whole shop with crashes, clock jumps, lost and repeated messages, each from its seed."""
    from jishi.sim.run import main as simulate

    args = ["--seed", str(seed)] if seed is not None else ["--seeds", str(seeds)]
    sys.exit(simulate([*args, *(["--steps", str(steps)] if steps else [])]))


@main.command()
@click.argument("names", nargs=-1)
def bench(names: tuple[str, ...]) -> None:
    """The benchmarks of bench/, all or by name, as ratios within one run."""
    import subprocess

    folder = Path(__file__).parents[2] / "bench"
    known = sorted(p.stem for p in folder.glob("[a-z]*.py") if p.stem != "kit")
    if unknown := [n for n in names if n not in known]:
        raise click.BadParameter(f"{', '.join(unknown)}; there are {', '.join(known)}")
    for name in names or known:
        out.rule(name)
        if code := subprocess.call([sys.executable, str(folder / f"{name}.py")]):
            sys.exit(code)


@main.command()
def doctor() -> None:
    """Look at the configuration, the databases, the books and the browser files, and say what is wrong."""
    sys.exit(run(_doctor(configured(level=_quiet()))))


async def _doctor(config: Config) -> int:
    from jishi.process import examined

    began = time.monotonic()
    findings = 0
    async for what, wrong in examined(config):
        findings += bool(wrong)
        out.print(f"[red]✗[/] {what}: {wrong}" if wrong else f"[green]✓[/] {what}")
    out.print(f"{findings or 'nothing'} wrong, {time.monotonic() - began:.1f} s")
    return 1 if findings else 0


if __name__ == "__main__":
    main()
