"""jishi sim: histories of a whole shop from a seed. `python -m jishi.sim.run --seeds 500` or `… --seed 17`."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence

from .history import Sim
from .loop import STEPS_MAX
from .sometimes import Sometimes

ASKED_OF = 100  # histories: a batch of so many must have reached every rare branch


def batch(
    first: int, count: int, told: Callable[[Sim], None] = lambda sim: None, steps: int = STEPS_MAX
) -> tuple[list[Sim], Sometimes]:
    """The histories of `count` seeds: those with findings, and how often each rare branch was reached in all."""
    bad, sometimes = list[Sim](), Sometimes()
    for seed in range(first, first + count):
        sim = Sim(seed, steps=steps).run()
        sometimes.update(sim.sometimes)
        told(sim)
        if sim.found:
            bad.append(sim)
    return bad, sometimes


def main(argv: Sequence[str] | None = None) -> int:
    """0: every invariant held and every rare branch was reached (asked of 100 histories and more); 1: not so."""
    parser = argparse.ArgumentParser(prog="jishi sim", description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--seed", type=int, help="one history, in words")
    what.add_argument("--seeds", type=int, default=100, help="how many histories (100)")
    parser.add_argument("--first", type=int, default=0, help="the first seed of many (0)")
    parser.add_argument("--steps", type=int, default=STEPS_MAX, help="after so many steps nobody orders any more")
    args = parser.parse_args(argv)
    if args.seed is not None:
        sim = Sim(args.seed, steps=args.steps, keep=True).run()
        print(*(sim.trace.words or ()), *sim.found, sim.trace.hash.hexdigest(), sep="\n")
        return int(bool(sim.found))
    start, orders = time.perf_counter(), [0]

    def told(sim: Sim) -> None:
        orders[0] += sim.orders
        if sim.found:
            print(f"seed {sim.seed}: {sim.found[0]}" + (f" (and {len(sim.found) - 1} more)" if sim.found[1:] else ""))

    bad, sometimes = batch(args.first, args.seeds, told, args.steps)
    spent = time.perf_counter() - start
    for name in sorted(sometimes):
        print(f"{sometimes[name]:8} × {name}")
    print(
        f"{args.seeds} histories in {spent:.1f} s ({args.seeds / spent:.1f}/s), {orders[0]} orders, "
        f"{sometimes['the process died']} crashes, {len(bad)} with a violation"
    )
    never = sometimes.never() if args.seeds >= ASKED_OF else []
    if never:
        print("never reached: " + ", ".join(never))
    return int(bool(bad or never))


if __name__ == "__main__":
    sys.exit(main())
