"""The programs of docs/howto/fine-tune.md, to be run as they stand there."""

from pathlib import Path

HOWTO = Path(__file__).parents[2] / "docs" / "howto" / "fine-tune.md"


def program(heading: str) -> str:
    """The first block of code below a heading."""
    below = HOWTO.read_text().split(f"## {heading}\n")[1]
    return below.split("```text\n")[1].split("```")[0]
