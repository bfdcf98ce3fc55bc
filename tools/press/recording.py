"""`make pictures`: what `make demo` shows in a terminal, as a picture for the documentation."""

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

from tools.press.pages import DOCS

PICTURE = DOCS / "pictures" / "demo.svg"
WIDTH = 100
FONTS = re.compile(r"@font-face \{\{.*?\}\}\s*", re.DOTALL)
"""The reader's own fonts do: a picture that fetches some would call somebody."""


def main() -> int:
    """Play the demo, and keep how it looked."""
    server = Path(sys.executable).with_name("agentgate-server")
    colours = {"FORCE_COLOR": "1", "COLUMNS": str(WIDTH), "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    played = subprocess.run([server, "demo"], env=colours, capture_output=True, text=True, check=True)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(drawn(played.stdout), encoding="utf-8")
    print(f"written: {PICTURE.name}")
    return 0


def drawn(shown: str) -> str:
    """Return what a terminal showed as SVG that loads nothing."""
    console = Console(record=True, width=WIDTH, file=StringIO(), force_terminal=True)
    console.print(Text.from_ansi(shown.strip("\n")))
    text = console.export_svg(title="make demo", code_format=FONTS.sub("", CONSOLE_SVG_FORMAT), unique_id="demo")
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
