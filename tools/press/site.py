"""What the site has and its pages have not: a script that draws diagrams, and the tests behind the promises.

MkDocs calls these functions while it builds; see `hooks` in mkdocs.yml.
"""

from importlib.util import find_spec
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

from tools.press import proofs

SCRIPT = "assets/mermaid.min.js"
DIAGRAM = '<pre class="mermaid">'
THEME = '<script id="__config"'
"""The first of the theme's scripts: it fetches one from elsewhere unless there is one by then."""


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add the script that draws, from the package that brings it, and the page with the tests."""
    files.append(File.generated(config, SCRIPT, abs_src_path=str(_script())))
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
    """Load the script on pages with a diagram, before the theme looks for it."""
    if DIAGRAM not in output:
        return output
    script = f'<script src="{get_relative_url(SCRIPT, page.url)}"></script>\n'
    before, found, after = output.rpartition(THEME)
    return before + script + found + after
