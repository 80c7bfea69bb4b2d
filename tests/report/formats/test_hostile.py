"""Whatever a name holds, in every format it stays a name: shown as it is, and obeyed by nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.formats.readers import said, structure
from report.hostile import HOSTILE, everything
from se_cost.report.formats.all import Format
from se_cost.report.formats.answer import Answer, Screen
from se_cost.text import printable

FORMATS = [format_ for format_ in Format if format_.takes("params")]


def whole(text: str) -> Answer:
    """Return a page full of a text, less what no file in UTF-8 can hold in its document."""
    return everything(text.encode("utf-8", "backslashreplace").decode())


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_shown_as_they_are(format_: Format, text: str) -> None:
    """Every format says the text to its readers, and a terminal has nothing to obey."""
    written = format_.write(whole(text), Screen())
    assert written.endswith("\n")
    assert written.replace("\n", "").isprintable()
    written.encode()
    literal = printable(whole(text).page.title).split()
    assert " ".join(literal) in " ".join(printable(" ".join(said(format_, written))).split())


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_keep_to_their_place(format_: Format, text: str) -> None:
    """What is written has as many parts of each kind as if all names were tame."""
    written = format_.write(whole(text), Screen())
    tame = format_.write(everything("tame"), Screen())
    assert structure(format_, written) == structure(format_, tame)


@pytest.mark.parametrize("format_", FORMATS)
@given(text=st.text(min_size=1))
def test_any_text_keeps_to_its_place(format_: Format, text: str) -> None:
    """So it is whatever the text; one that cannot be seen may take a part of markdown with it."""
    if format_ is Format.MARKDOWN and not printable(text).strip():
        return
    written = format_.write(whole(text), Screen())
    tame = format_.write(everything("tame"), Screen())
    assert structure(format_, written) == structure(format_, tame)
