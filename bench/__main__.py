"""`make bench`, or `python -m bench NAME …`: run all benchmarks, or those that are named."""

import asyncio
import sys

from bench import asking, audit, decision_latency, replicas
from bench.table import Table

BENCHMARKS = {
    "decision_latency": decision_latency.measure,
    "asking": asking.measure,
    "replicas": replicas.measure,
    "audit": audit.measure,
}


def main(names: list[str]) -> int:
    """Run benchmarks and print their tables; return 2 for a name that is none."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"bench: there is no {unknown[0]}; these are: {', '.join(BENCHMARKS)}", file=sys.stderr)
        return 2
    for name in names or BENCHMARKS:
        table: Table = asyncio.run(BENCHMARKS[name]())
        print(table.as_markdown(), end="\n\n", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
