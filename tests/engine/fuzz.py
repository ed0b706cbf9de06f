"""`python -m tests.engine.fuzz`: the engine under libFuzzer and clang's sanitizers, behind hardware that checks law 3.

It begins with the inputs in fuzz_corpus.txt, goes on with what earlier runs found (build/fuzz/corpus), and may be
interrupted. An input that fails is kept in build/fuzz, and printed as a line for fuzz_corpus.txt.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "firmware" / "engine"
TARGET = (Path(__file__).with_name("fuzz.c"), Path(__file__).with_name("fuzz_board.c"))
REPLAY = Path(__file__).with_name("fuzz_replay.c")
CORPUS = Path(__file__).with_name("fuzz_corpus.txt")
BUILD = ROOT / "build" / "fuzz"

LONGEST = 250
"""Bytes of an input: some thirty operations."""

WARNINGS = ("-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror")
SMALL = "-DOHM_MAX_LINES=8"
"""Few lines, as on the board: the engine is faster to prepare."""

CHECKED = ("-std=c99", "-g", "-O2", "-fno-sanitize-recover=all", *WARNINGS, f"-I{ENGINE}")
UNAVAILABLE = 3


def sources() -> list[Path]:
    """The engine without its bench."""
    return [path for path in sorted(ENGINE.glob("*.c")) if path.name != "ohm_bench.c"]


def known_inputs() -> list[bytes]:
    """Inputs that reach every branch, and those that once failed."""
    return [bytes.fromhex(line) for line in CORPUS.read_text().splitlines()]


def build(compiler: str) -> Path:
    """The fuzzer, built anew."""
    fuzzer = BUILD / "engine"
    instrumented = "-fsanitize=fuzzer,address,undefined"
    subprocess.run(
        [compiler, *CHECKED, SMALL, instrumented, "-o", fuzzer, *TARGET, *sources()], check=True, timeout=300
    )
    return fuzzer


def main() -> int:
    """Fuzz."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000_000, help="inputs to try")
    parser.add_argument("--seconds", type=int, default=0, help="longest time; 0: until all inputs are tried")
    options = parser.parse_args()
    found = subprocess.run(
        [ROOT / "tools" / "fetch_clang.sh"], stdout=subprocess.PIPE, text=True, timeout=900, check=False
    )
    if found.returncode:
        return found.returncode
    corpus = BUILD / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(known_inputs()):
        (corpus / f"known-{number:03}").write_bytes(data)
    failures = f"{BUILD}/failure-"
    before = set(BUILD.glob("failure-*"))
    limits = [f"-runs={options.runs}", f"-max_total_time={options.seconds}", f"-max_len={LONGEST}"]
    quiet = ["-print_final_stats=1", "-verbosity=1", "-close_fd_mask=1"]
    command = [build(found.stdout.strip()), *limits, *quiet, f"-artifact_prefix={failures}", corpus]
    status = subprocess.run(command, check=False).returncode
    for failure in sorted(set(BUILD.glob("failure-*")) - before):
        sys.stdout.write(f"{failure} fails; as a line of {CORPUS.name}:\n{failure.read_bytes().hex()}\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
