"""The commands. Exit codes: 0 done, 1 something was found or refused, 2 a wrong call, 78 a wrong configuration."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from jishi.kernel.config import Config, load_or_exit

out = Console(highlight=False)


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
    return config


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
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
def demo(host: str | None, port: int | None, data: Path | None, catalog: str) -> None:
    """A whole shop with goods, a payment provider, a carrier and a mailbox, all on this machine."""
    folder = data or Path(os.environ.get("JISHI_DATA", "var/demo" if catalog == "own" else "var/demo-fixtures"))
    address = os.environ.get("JISHI_BASE_URL") or (f"http://localhost:{port}" if port else None)
    config = configured(mode="demo", host=host, port=port, data=folder, base_url=address, level=_quiet())
    marker = config.folder / f"filled-{catalog}"
    if not marker.exists():
        run(_fill(config, catalog))
        marker.write_text("filled\n")
    out.print(f"[bold]Jishi[/] on {config.base_url} · staff: {config.base_url}/en/desk · Ctrl-C ends it")
    _serve(config)


def _quiet() -> str | None:
    """The demo speaks when something is wrong, unless it is told otherwise."""
    return os.environ.get("JISHI_LEVEL") or "warning"


async def _fill(config: Config, catalog: str) -> None:
    from jishi.process import opened

    async with opened(config) as running:
        with bar() as progress:
            task = progress.add_task("Filling the shelves", total=None)

            def told(done: int, of: int) -> None:
                progress.update(task, completed=done, total=of)

            if catalog == "own":
                from jishi.sandbox.demo.fill import fill

                await fill(running.shop, told)
            else:
                from jishi.sandbox.demo.fixtures import fill_fixtures

                await fill_fixtures(running.shop, told)
        await running.shop.relay.drain()


def _serve(config: Config, *, relay: bool = True) -> None:
    from jishi.process import serve as serving

    run(serving(config, relay=relay))


@main.command()
@click.option("--host", help="Address to listen on [127.0.0.1].")
@click.option("--port", type=click.IntRange(1, 65_535), help="Port [8000].")
@click.option("--worker/--no-worker", default=True, show_default=True, help="Deliver events in this process, too.")
def serve(host: str | None, port: int | None, worker: bool) -> None:
    """Serve the shop of jishi.toml and the environment."""
    _serve(configured(host=host, port=port), relay=worker)


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
    async with opened(config):
        await stop.wait()


@main.command()
def migrate() -> None:
    """Bring every database to the tables of this version."""
    run(_migrate(configured()))


async def _migrate(config: Config) -> None:
    from jishi.process import migrated

    for name, moved in (await migrated(config)).items():
        out.print(f"{name}: {moved or 'up to date'}")


@main.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--merchant", required=True, help="Handle of the merchant whose goods these are.")
@click.option("--warehouse", required=True, help="Code of the warehouse that holds their stock.")
@click.option("--format", "form", type=click.Choice(["auto", "shopify", "vendure"]), default="auto", show_default=True)
@click.option("--market", help="Market of the prices [the shop's].")
@click.option("--currency", help="Currency of the prices [the market's].")
@click.option("--dry-run", is_flag=True, help="Read and report, write nothing.")
def import_(
    file: Path, merchant: str, warehouse: str, form: str, market: str | None, currency: str | None, dry_run: bool
) -> None:
    """Read products with pictures, prices and stock from a CSV; every bad line is reported, good ones go in."""
    sys.exit(run(_import(configured(level=_quiet()), file, merchant, warehouse, form, market, currency, dry_run)))


async def _import(
    config: Config, file: Path, merchant: str, warehouse: str, form: str, market: str | None, currency: str | None,
    dry_run: bool,
) -> int:  # fmt: skip
    from jishi.importing import ImportAsk, import_file, show
    from jishi.process import opened

    async with opened(config) as running:
        with bar() as progress:
            task = progress.add_task(file.name, total=None)
            report = await import_file(
                running.shop,
                ImportAsk(str(file), merchant, warehouse, form, market or config.market, currency or "", dry_run),
                lambda done, of: progress.update(task, completed=done, total=of or None),
            )
        for line in show(report, config.locale):
            out.print(line)
        return 1 if report.problems else 0


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--merchant", help="Handle of one merchant [all].")
def export(file: Path, merchant: str | None) -> None:
    """Write the products as a Shopify CSV."""
    run(_export(configured(level=_quiet()), file, merchant or ""))


async def _export(config: Config, file: Path, merchant: str) -> None:
    from jishi.importing import export_file
    from jishi.process import opened

    async with opened(config, relay=False) as running:
        rows = await export_file(running.shop, str(file), merchant)
    out.print(f"{rows} rows in {file}")


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
