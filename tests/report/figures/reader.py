"""What a reader of SVG finds in a picture."""

import xml.etree.ElementTree as ET

SVG = "{http://www.w3.org/2000/svg}"


def words(svg: str) -> list[str]:
    """Return the texts in a picture; raise ParseError if it is not well-formed."""
    root = ET.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def title(svg: str) -> str | None:
    """Return the title of a picture, as a browser and a screen reader say it."""
    return ET.fromstring(svg).findtext(f"{SVG}title")


def shapes(svg: str, style: str) -> list[ET.Element]:
    """Return the shapes whose style holds a text, for instance a colour."""
    return [e for e in ET.fromstring(svg).iter() if style in e.get("style", "")]
