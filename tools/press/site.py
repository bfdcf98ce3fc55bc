"""What the site has and its pages have not: scripts that draw and search, the sign, and the tests behind the promises.

MkDocs calls these functions while it builds; see `hooks` in mkdocs.yml.
"""

import json
from importlib.util import find_spec
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from tools.press import proofs
from tools.press.proofs import ROOT

SCRIPT = "assets/mermaid.min.js"
SIGN = "assets/gate.svg"
"""The server's own, which mkdocs.yml names as logo and icon."""
SEARCH = "assets/search-from-a-folder.js"
SEARCHES = """\
if (location.protocol === "file:") {
  const text = %s;
  const FromAnAddress = Worker;
  window.Worker = class extends FromAnAddress {
    constructor() {
      super(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
    }
  };
}
"""
"""A page that was opened from a folder may start no script from there beside itself, but one that it holds already."""
DIAGRAM = '<pre class="mermaid">'
THEME = '<script id="__config"'
"""The first of the theme's scripts: it fetches one from elsewhere unless there is one by then."""


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the script that draws, from the package that brings it, and the page with the tests."""
    files.append(File.generated(config, SCRIPT, abs_src_path=str(_script())))
    files.append(File.generated(config, SIGN, abs_src_path=str(ROOT / "web/static/gate.svg")))
    promises = files.get_file_from_path(proofs.PROMISES)
    if promises is not None:
        files.append(File.generated(config, proofs.PAGE, content=proofs.page(promises.content_string)))
    return files


def _script() -> Path:
    package = find_spec("diagram_renderer")
    if package is None or package.origin is None:
        raise PluginError("The script that draws the diagrams is not installed: run `make setup`.")
    return Path(package.origin).parent / "renderers/static/js/mermaid.min.js"


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Let a promise lead to the text of its test: the file that it leads to elsewhere is not on the site."""
    return proofs.linked(markdown) if page.file.src_uri == proofs.PROMISES else markdown


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """Load the script that searches, and where a diagram is the one that draws, before the theme looks for them."""
    scripts = [SEARCH, SCRIPT] if DIAGRAM in output else [SEARCH]
    lines = [f'<script src="{get_relative_url(script, page.url)}"></script>\n' for script in scripts]
    before, found, after = output.rpartition(THEME)
    return before + "".join(lines) + found + after


def on_post_build(*, config: MkDocsConfig) -> None:
    """Keep what the search needs as scripts: from a folder, pages load those and nothing else."""
    site = Path(config.site_dir)
    (worker,) = site.glob("assets/javascripts/workers/search.*.min.js")
    found = json.dumps(worker.read_text(encoding="utf-8"))
    (site / SEARCH).write_text(SEARCHES % found, encoding="utf-8")
    texts = (site / "search/search_index.json").read_text(encoding="utf-8")
    (site / "search/search_index.js").write_text(f"var __index = {texts};\n", encoding="utf-8")
