"""What is written by hand into the page of a benchmark: it stays when the page is written anew."""

import re


def kept(page: str, start: str, end: str, nothing: str) -> str:
    """Return the words between two marks of a page, with the marks; `nothing` if it has none."""
    words = re.search(f"{re.escape(start)}(.*?){re.escape(end)}", page, re.DOTALL)
    return f"{start}{words[1]}{end}\n" if words else f"{start}\n{nothing}\n{end}\n"
