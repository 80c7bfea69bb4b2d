"""The formats there are: to add one is a module with a `write`, and a line here."""

from enum import StrEnum
from pathlib import Path
from typing import Protocol

from se_cost.report.formats import csv, html, json, junit, latex, markdown, text
from se_cost.report.formats.answer import Answer, Screen


class Formatter(Protocol):
    """Makes a string of an answer; the screen matters to text alone."""

    def __call__(self, answer: Answer, screen: Screen) -> str:
        """Return the answer as a string that ends with a newline."""


class Format(StrEnum):
    """How an answer is written, which files are so by their suffixes, and of which commands."""

    write: Formatter
    suffixes: tuple[str, ...]
    commands: tuple[str, ...]

    def __new__(
        cls,
        name: str,
        write: Formatter,
        suffixes: tuple[str, ...] = (),
        commands: tuple[str, ...] = (),
    ) -> "Format":
        """Return the format of that name; without `commands` it is one of every command."""
        format_ = str.__new__(cls, name)
        format_._value_ = name
        format_.write, format_.suffixes, format_.commands = write, suffixes, commands
        return format_

    TEXT = "text", text.write
    MARKDOWN = "markdown", markdown.write, (".md",)
    CSV = "csv", csv.write, (".csv",)
    JSON = "json", json.write, (".json",)
    HTML = "html", html.write, (".html", ".htm")
    LATEX = "latex", latex.write, (".tex",)
    JUNIT = "junit", junit.write, (".xml",), ("check",)

    def takes(self, command: str) -> bool:
        """Return whether the documents of a command can be written so."""
        return not self.commands or command in self.commands


def of_suffix(path: Path) -> Format | None:
    """Return the format that the suffix of a file asks for, None if it asks for none."""
    suffix = path.suffix.lower()
    return next((format_ for format_ in Format if suffix in format_.suffixes), None)
