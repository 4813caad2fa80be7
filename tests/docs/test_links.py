"""Every link inside the repository leads somewhere."""

from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown import anchors, links

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def broken(page: Path) -> list[str]:
    """Links of a page that lead nowhere."""
    found = []
    for link in links(page.read_text()):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / unquote(path)).resolve() if path else page
        if not target.exists():
            found.append(f"{link}: there is no such file")
        elif anchor and anchor not in anchors(target.read_text()):
            found.append(f"{link}: there is no such heading")
    return found


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_resolve(page: Path) -> None:
    assert broken(page) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A title, here\n\n## `two` words\n")
    page = tmp_path / "b.md"
    page.write_text(
        "[a](a.md) [b](a.md#a-title-here) [c](a.md#two-words) [d](https://studio.example/x)\n"
        "[e](c.md) [f](a.md#gone) ![g](g.png)\n```text\n[h](h.md)\n```\n"
    )
    assert broken(page) == [
        "c.md: there is no such file",
        "a.md#gone: there is no such heading",
        "g.png: there is no such file",
    ]
