"""`make reference`: bring every table of the documentation that is made from the code up to date."""

from press.pages import pages, printed


def main() -> int:
    """Write the pages that lag behind the code, and say which."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        if (fresh := printed(text)) != text:
            page.write_text(fresh, encoding="utf-8")
            print(f"written: {page.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
