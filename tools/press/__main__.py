"""`make reference`: bring every table of the documentation that is made from the code up to date."""

from tools.press.pages import fresh, pages


def main() -> int:
    """Write the pages that lag behind the code, and say which."""
    for page in pages():
        if (text := fresh(page)) != page.read_text(encoding="utf-8"):
            page.write_text(text, encoding="utf-8")
            print(f"written: {page.name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
