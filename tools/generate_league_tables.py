"""Writes the tables of docs/explanation/programming.md from docs/results/programming.json, between their marks.

`--check` writes nothing and exits with 1 if the page in the tree is stale.
"""

from __future__ import annotations

import json
import re
from typing import Any

from generated import ROOT, write_or_check

SOURCE = ROOT / "docs" / "results" / "programming.json"
TARGET = ROOT / "docs" / "explanation" / "programming.md"

NAMES = {"vteam": "VTEAM", "mss-sdc": "MSS", "synaptogen": "Synaptogen", "vteam-soft": "VTEAM with a tail"}
BEST = {"vteam": "bayes", "mss-sdc": "bayes", "synaptogen": "level"}
PEERS = {
    "ekf": "`ekf`",
    "vipi": "VIPI",
    "vipi (the file's width)": "VIPI, the file's width",
    "ispp": "ISPP",
    "alibart": "Alibart",
    "ispp (NeuRRAM)": "ISPP, NeuRRAM's rule",
    "openmena": "OpenMENA",
    "oracle": "oracle",
}
BAND = "vteam 2.5 %, guard"
OFF = "robustness, vteam 2 %, "

Rows = dict[str, dict[str, Any]]


def league(rows: Rows) -> list[list[str]]:
    """Pulses a cell of every policy, by device and tolerance."""
    lines = [["device, tolerance", "best", *PEERS.values()]]
    for preset, best in BEST.items():
        for tolerance in (5, 2, 1):
            case = f"{preset} {tolerance} %"
            ours = rows[f"{case}: {best} against vipi"]["ours"]
            others = [rows.get(f"{case}: {best} against {peer}", {}).get("peer") for peer in PEERS]
            lines.append([f"{NAMES[preset]} {tolerance} %", f"**{ours:.2f}** ({best})", *map(pulses, others)])
    return lines


def band(rows: Rows) -> list[list[str]]:
    """NeuRRAM's band, and how many times the pulses of `bayes` the others need."""
    peers = [peer for peer in PEERS if f"{BAND} 1.0: bayes against {peer}" in rows]
    lines = [["guard", "`bayes`, pulses", "truly in band", *(f"{PEERS[peer]}, times" for peer in peers)]]
    for guard in ("1.0", "0.6"):
        case = f"{BAND} {guard}: "
        ours, true = rows[f"{case}pulses a cell"]["ours"], rows[f"{case}truly in band"]["ours"]
        times = [rows.get(f"{case}bayes against {peer}", {}).get("note", "") for peer in peers]
        lines.append([guard, f"**{ours:.2f}**", f"{true:.1f} %", *map(ratio, times)])
    return lines


def off(rows: Rows) -> list[list[str]]:
    """What is off, and what it costs."""
    peers = ("ekf", "vipi", "ispp", "oracle")
    lines = [["VTEAM 2 %", "`bayes`", *(PEERS[peer] for peer in peers)]]
    for case in (case for case in rows if case.startswith(OFF) and case.endswith(" ekf")):
        found = [rows[case.replace(" ekf", f" {peer}")] for peer in peers]
        name = case.removeprefix(OFF).partition(":")[0]
        lines.append([name, f"**{found[0]['ours']:.2f}**", *(pulses(row["peer"]) for row in found)])
    head, *rest = lines
    return [head, *sorted(rest, key=lambda line: (line[0] != "nominal", by_number(line[0])))]


def default(rows: Rows) -> list[list[str]]:
    """What a user gets against the best policy of the row."""
    lines = [["device, tolerance", "best", "`characterise`, then its choice", "times", "nothing measured", "times"]]
    for preset in BEST:
        for tolerance in (5, 2, 1):
            case = f"default, {preset} {tolerance} %"
            known, plain = rows[f"{case}: with its sample"], rows[f"{case}: without a sample"]
            cells = [pulses(known["peer"])]
            for row in (known, plain):
                cells += [pulses(row["ours"]), f"{row['ours'] / row['peer']:.2f}"]
            lines.append([f"{NAMES[preset]} {tolerance} %", *cells])
    return lines


def passive(rows: Rows) -> list[list[str]]:
    """Truly in band on passive arrays, and at what cost."""
    lines = [["passive, 2 %", "V/2: truly in band", "pulses", "V/3: truly in band", "pulses"]]
    for preset, sides in (("mss-sdc", (8, 16)), ("vteam-soft", (8, 16, 32))):
        for side in sides:
            cells = []
            for scheme in ("V/2", "V/3"):
                row = rows[f"passive, {preset} {side}x{side} {scheme}, 2 %: truly in band"]
                spent = re.search(r"bayes: ([\d.]+)", row["note"])
                cells += [f"{row['ours']:.0f} %", pulses(float(spent[1]) if spent else None)]
            lines.append([f"{NAMES[preset]} {side}×{side}", *cells])
    return lines


def by_number(name: str) -> list[tuple[str, float]]:
    """What sorts names with numbers by these."""
    parts = re.split(r"([\d.]+)", name)
    return [(text, float(number)) for text, number in zip(parts[::2], [*parts[1::2], "0"], strict=True)]


def pulses(value: float | None) -> str:
    """Two digits after the point below 10, one above; nothing for what was not measured."""
    if value is None:
        return ""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def ratio(note: str) -> str:
    """The ratio with its interval, as the note of a row has it."""
    found = re.search(r"(\S+ ± \S+) times", note)
    return found[1] if found else ""


def table(lines: list[list[str]]) -> str:
    """Markdown."""
    rule = ["---"] * len(lines[0])
    return "\n".join("| " + " | ".join(line) + " |" for line in (lines[0], rule, *lines[1:]))


def main() -> int:
    """Every table anew."""
    rows = {row["case"]: row for row in json.loads(SOURCE.read_text())["rows"]}
    text = TARGET.read_text()
    for make in (league, band, off, default, passive):
        begin, end = f"<!-- {make.__name__}: tools/generate_league_tables.py -->\n", f"\n<!-- end {make.__name__} -->"
        before, mark, rest = text.partition(begin)
        close, after = rest.partition(end)[1:]
        if not mark or not close:
            raise SystemExit(f"{TARGET.name} has no place for the table {make.__name__}")
        text = before + begin + table(make(rows)) + end + after
    return write_or_check(TARGET, text)


if __name__ == "__main__":
    raise SystemExit(main())
