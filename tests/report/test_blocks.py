"""What a document is made of."""

from report.hostile import SVG, document
from se_cost.report.blocks import Details, Document, Heading, Picture


def test_pictures_of_a_document_in_order() -> None:
    """Those that are folded away count too."""

    def picture(name: str) -> Picture:
        return Picture(name, SVG, "words")

    folded = Details("s", (picture("b"), Details("t", (picture("c"), Heading("h")))))
    whole = Document("t", "l", (picture("a"), folded, Heading("h"), picture("d")))
    assert [picture.name for picture in whole.pictures] == ["a", "b", "c", "d"]


def test_document_without_pictures() -> None:
    """None are found where there are none."""
    assert Document("t", "l", (Heading("h"), Details("s", ()))).pictures == []
    assert [picture.name for picture in document().pictures] == ["p", "s", "p"]
