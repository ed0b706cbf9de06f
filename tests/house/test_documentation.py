"""The documentation leads to all of its pages, and none of its links is broken."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md"), ROOT / "hardware" / "README.md"])
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)")


def links(page: Path) -> set[Path]:
    """Files that a page links to."""
    found = LINK.findall(re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL))
    return {(page.parent / link).resolve() for link in found if "://" not in link}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert [str(link) for link in links(page) if not link.exists()] == []


def test_the_index_names_every_page() -> None:
    pages = {page for page in DOCS.rglob("*.md") if page.name != "index.md"}
    assert pages - links(DOCS / "index.md") == set()
