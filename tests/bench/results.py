"""Results of benchmarks: rows of one file, each replaced by the next run of its case."""

from __future__ import annotations

import fcntl
import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

PHYSICS = Path(__file__).parents[2] / "docs" / "results" / "physics.json"


@dataclass(frozen=True, slots=True)
class Row:
    """One case, measured with its peer in one run.

    Attributes:
        ours, peer: in `unit`; a larger number is better if `unit` is a rate (it ends in /s) or a score (%), else worse.
        ratio: how many times better we are. goal: what it should be at least, None if the peer is only for comparison.
        command: that measures it. note: spread, seeds, circumstances.
        interval: half-width of the 95 % confidence interval of ours, None if it was measured once.
    """

    case: str
    ours: float
    peer: float
    peer_name: str
    goal: float | None
    unit: str
    command: str
    note: str = ""
    interval: float | None = None

    @property
    def ratio(self) -> float:
        """How many times better than the peer."""
        return self.ours / self.peer if self.unit.endswith(("/s", "%")) else self.peer / self.ours

    def as_json(self) -> dict[str, object]:
        """As it is written down."""
        ratio = round(self.ratio, 4)
        met = None if self.goal is None else ratio >= self.goal
        told = {**asdict(self), "ours": float(f"{self.ours:.4g}"), "peer": float(f"{self.peer:.4g}")}
        if self.interval is None:
            del told["interval"]
        return told | {"ratio": ratio, "met": met, "machine": machine()}


def record(rows: Sequence[Row], path: Path = PHYSICS) -> None:
    """Put rows in the place of those of the same cases; other rows stay. Safe while another benchmark does the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        kept = json.loads(path.read_text())["rows"] if path.exists() else []
        merged = {row["case"]: row for row in kept} | {row.case: row.as_json() for row in rows}
        partial = path.with_suffix(".new")
        partial.write_text(json.dumps({"rows": [merged[case] for case in sorted(merged)]}, indent=2) + "\n")
        partial.replace(path)
    path.with_suffix(".lock").unlink(missing_ok=True)


def best_s(work: Callable[[], object], repeats: int = 20, clock: Callable[[], float] = perf_counter) -> float:
    """Shortest time of `work`, s: what the machine's other load slows least."""
    times = []
    for _ in range(repeats):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times)


def machine() -> str:
    """Processor and Python of this machine."""
    model = platform.processor() or platform.machine()
    about = Path("/proc/cpuinfo")
    if about.exists():
        model = next(
            (line.partition(":")[2].strip() for line in about.read_text().splitlines() if "model name" in line), model
        )
    return f"{model}, {platform.system()}, Python {platform.python_version()}"
