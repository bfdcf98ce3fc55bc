"""What is written in files: no machine's own paths, no package index, no link that leads nowhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, project_files, shown

MACHINE_PATHS = re.compile(r"(?<![\w.:/*~-])/(?:home|Users|root|work|mnt|media|srv|private)/[\w.-]+")
INDEXES = re.compile(
    r"(?<!no-emit-)\b(?:extra-index|index|find-links|trusted-host)(?:-url)?\s*=\s*(?!Index\()\S|(?<!no-emit-)\bextra-index-url\b"
    r"|--(?:index-url|find-links|trusted-host)\b|https?://\S+/simple/?(?=[\s\"')]|$)"
)
BINARY = {".png", ".gif", ".ico", ".woff2", ".db"}
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^()\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)


def texts() -> Iterator[tuple[Path, str]]:
    """Yield every text file of the project."""
    for path in project_files():
        if path.suffix not in BINARY:
            yield path, path.read_text(encoding="utf-8")


def found(pattern: re.Pattern[str], *, but: Path) -> list[str]:
    """Return where a pattern stands in the project's files."""
    return [
        f"{shown(path)}:{text.count(chr(10), 0, match.start()) + 1} {match[0]}"
        for path, text in texts()
        if path != but
        for match in pattern.finditer(text)
    ]


def test_no_file_names_a_path_of_one_machine() -> None:
    assert found(MACHINE_PATHS, but=Path(__file__)) == []


def test_no_file_names_a_package_index() -> None:
    assert found(INDEXES, but=Path(__file__)) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATHS, "cd /home/alice/agentgate"),
        (MACHINE_PATHS, '"/Users/alice"'),
        (INDEXES, "--index-url https://packages.example"),
        (INDEXES, "pip install --extra-index-url https://packages.example x"),
        (INDEXES, "index-url = https://packages.example"),
        (INDEXES, "https://packages.example/simple/"),
    ],
)
def test_the_search_finds_what_it_looks_for(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def links(path: Path) -> list[str]:
    """Return the targets of a Markdown file's links, without those in code."""
    return LINK.findall(re.sub(r"`[^`\n]*`", "", FENCE.sub("", path.read_text(encoding="utf-8"))))


def anchors(path: Path) -> set[str]:
    """Return the anchors of a Markdown file's headings."""
    headings = HEADING.findall(FENCE.sub("", path.read_text(encoding="utf-8")))
    return {re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", heading).strip().lower()) for heading in headings}


def leads_somewhere(page: Path, link: str) -> bool:
    """Whether a link within the repository has a file and a heading at its end."""
    place, _, anchor = link.partition("#")
    target = (page.parent / place).resolve() if place else page
    return target.exists() and (not anchor or anchor in anchors(target))


def test_every_link_leads_somewhere() -> None:
    pages = [path for path in project_files() if path.suffix == ".md"]
    broken = [
        f"{shown(page)}: {link}"
        for page in pages
        for link in links(page)
        if not re.match(r"[a-z]+:", link) and not leads_somewhere(page, link)
    ]
    assert pages
    assert broken == []


def test_a_broken_link_is_noticed() -> None:
    assert not leads_somewhere(ROOT / "README.md", "docs/nowhere.md")
    assert not leads_somewhere(ROOT / "README.md", "CONTRIBUTING.md#nowhere")
    assert leads_somewhere(ROOT / "README.md", "CONTRIBUTING.md#set-up")
