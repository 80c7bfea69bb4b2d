"""What every format is given."""

from typing import TYPE_CHECKING

from se_cost.record import Record
from se_cost.report.page import Page

if TYPE_CHECKING:
    from se_cost.documents.base import Document


class Answer(Record):
    """A document, and the page that says it in words."""

    document: "Document"
    page: Page

    @property
    def command(self) -> str:
        """Return the command that found the document."""
        return str(self.document.__struct_config__.tag)


class Screen(Record):
    """What a text is read on: its width in columns, None if it has none, and whether it colours."""

    width: int | None = None
    color: bool = False
