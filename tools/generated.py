"""What the tools that generate a file share: writing it, or saying that it is stale."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def write_or_check(target: Path, text: str) -> int:
    """Write `text` to `target`, or with --check on the command line compare them; the exit code, 1 if it is stale."""
    if "--check" not in sys.argv[1:]:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
        return 0
    if target.exists() and target.read_text() == text:
        return 0
    sys.stderr.write(f"{target.relative_to(ROOT)} is stale: run tools/{Path(sys.argv[0]).name}\n")
    return 1
