"""`make reference`: bring every table of the documentation that is made from the code up to date."""

from tools.press.pages import fresh, pages


def main() -> int:
    """Write the pages that lag behind the code, and say which."""
    stale = [(page, text) for page in pages() if (text := fresh(page)) != page.read_text(encoding="utf-8")]
    for page, text in stale:
        page.write_text(text, encoding="utf-8")
        print(f"written: {page.name}")
    if not stale:
        print("nothing to write: every page says what the code says")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
