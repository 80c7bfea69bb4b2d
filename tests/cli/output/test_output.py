"""Where an answer goes, in which format, and what is said beside it."""

import json
import re
import sys
from pathlib import Path

import pytest
from measure.made_up import explanation, timing

from cli.conftest import Run, assert_refused
from se_cost.cli.output.output import Output, answered
from se_cost.documents.base import Document
from se_cost.documents.explain import explained
from se_cost.documents.params import params
from se_cost.documents.time import timed
from se_cost.ledger.costs import costs
from se_cost.nets.zoo.model import model
from se_cost.record import replace
from se_cost.report.formats.all import Format

NET = model("se_resnet18")
COUNTED = params(costs(NET))
DOUBTED = replace(timed(timing(NET)), doubts=("first doubt", "second doubt"))
FAILED = replace(COUNTED, disagreements=("THE COUNTS DISAGREE",))
TABLES = [form for form in Format if form.takes("params")]


def kind(text: str) -> str:
    """Return the format that a text is in."""
    if text.startswith("{"):
        json.loads(text)
        return "json"
    if text.startswith("stage,"):
        return "csv"
    signs = {"html": "<!doctype html>", "latex": r"\begin{", "markdown": "\n| stage"}
    return next((form for form, sign in signs.items() if sign in text), "text")


@pytest.mark.parametrize("form", TABLES)
def test_every_format_on_stdout_and_in_a_file(run: Run, form: str) -> None:
    """The file gets, byte for byte, what stdout would."""
    printed = run("params", "--format", form)
    assert (printed.exit_code, printed.stderr) == (0, "")
    assert kind(printed.stdout) == form
    silent = run("params", "--format", form, "--output", "x", "--quiet")
    assert (silent.exit_code, silent.stdout, silent.stderr) == (0, "", "")
    assert Path("x").read_text(encoding="utf-8") == printed.stdout
    assert list(map(str, Path().iterdir())) == ["x"]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        *(("x.md", "markdown"), ("x.csv", "csv"), ("x.json", "json"), ("X.JSON", "json")),
        *(("x.html", "html"), ("x.htm", "html"), ("x.tex", "latex")),
        *(("x.txt", "text"), ("x", "text"), (".json", "text")),
    ],
)
def test_suffix_decides_the_format(run: Run, name: str, form: str) -> None:
    """Without --format the name of the file says how to write it."""
    assert run("params", "--output", name).exit_code == 0
    assert kind(Path(name).read_text(encoding="utf-8")) == form


@pytest.mark.parametrize("name", ["x.xml", "x.py", "x.markdown", "table.docx"])
def test_a_suffix_that_no_format_has(run: Run, name: str) -> None:
    """It is not answered with text in a file whose name says something else."""
    words = ("params", "--output", name)
    assert_refused(run(*words), 2, f"no format ends in '{Path(name).suffix}'", ".md, .csv, .json")
    assert run(*words, "--format", "csv").exit_code == 0
    assert kind(Path(name).read_text()) == "csv"


def test_explicit_format_wins(run: Run) -> None:
    """--format is stronger than the suffix."""
    run("params", "--output", "x.md", "--format", "csv")
    assert kind(Path("x.md").read_text()) == "csv"


def test_a_dash_is_stdout(run: Run) -> None:
    """As everywhere."""
    assert run("params", "--output", "-").stdout == run("params").stdout
    assert run("schema", "--output", "-").stdout == run("schema").stdout
    assert not list(Path().iterdir())


def test_only_check_has_junit(run: Run) -> None:
    """Other commands have no findings to make tests of."""
    assert_refused(run("params", "--format", "junit"), 2, "choose from text, markdown, csv, json")


def test_a_failing_rename_keeps_the_old_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the file cannot take its name, the old one stays, and the answer is printed."""
    Path("x.json").write_text("old")

    def refuse(self: Path, target: Path) -> Path:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "replace", refuse)
    result = run("params", "--output", "x.json")
    assert result.exit_code == 2
    assert result.stderr == "se-cost: cannot write 'x.json': Input/output error\n"
    assert kind(result.stdout) == "json"
    assert Path("x.json").read_text() == "old"
    assert list(map(str, Path().iterdir())) == ["x.json"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_no_space_prints_what_cannot_be_written(run: Run) -> None:
    """If the file takes no more, the answer goes to stdout, so that it is not lost."""
    result = run("params", "--output", "/dev/full")
    assert result.exit_code == 2
    assert result.stderr == "se-cost: cannot write '/dev/full': No space left on device\n"
    assert result.stdout == run("params").stdout


@pytest.mark.parametrize(
    ("document", "quiet", "said"),
    [
        (DOUBTED, False, ["first doubt", "second doubt"]),
        (DOUBTED, True, []),
        (FAILED, False, ["THE COUNTS DISAGREE"]),
        (FAILED, True, ["THE COUNTS DISAGREE"]),
        (COUNTED, False, []),
    ],
)
def test_warnings_go_to_stderr(
    capsys: pytest.CaptureFixture[str], document: Document, quiet: bool, said: list[str]
) -> None:
    """One line each; --quiet silences doubts, but not that counts disagree."""
    Output(Format.TEXT, quiet=quiet).show(document)
    shown = capsys.readouterr()
    assert shown.err == "".join(f"se-cost: warning: {doubt}\n" for doubt in said)
    assert "doubt" not in shown.out


def test_a_terminal_decides_the_width(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table fits the terminal that it is printed to, or what $COLUMNS says of a pipe."""

    def widest() -> int:
        Output(Format.TEXT, color=False).print(answered(COUNTED))
        return max(map(len, capsys.readouterr().out.splitlines()))

    for columns in ("", "0", "wide"):
        monkeypatch.setenv("COLUMNS", columns)
        assert widest() > 60
    monkeypatch.setenv("COLUMNS", "60")
    assert widest() <= 60
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert widest() <= 60


def test_the_picture_of_a_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is drawn into its own file, and a file of markdown shows it from where it lies."""
    monkeypatch.chdir(tmp_path)
    Path("docs").mkdir()
    document, figure = explained(explanation(model("se_resnet50"))), Path("explain.svg")
    for form, file in ((Format.MARKDOWN, Path("docs", "x.md")), (Format.CSV, Path("x.csv"))):
        Output(form, file, figure=figure).show(document)
        assert "<svg" in figure.read_text()
        figure.unlink()
    assert re.search(r"!\[.+\]\(\.\./explain\.svg\)", Path("docs", "x.md").read_text())
    assert "explain.svg" not in Path("x.csv").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--figure", "a.png"), "--figure draws SVG, not 'a.png': say a.svg"),
        (("--figure", ""), "'' is no name of a file"),
        (("--figure", "a.svg", "--output", "./a.svg"), "no format ends in '.svg'"),
        (
            ("--figure", "a.svg", "--output", "./a.svg", "--format", "text"),
            "--figure and --output are both 'a.svg': give each its own file",
        ),
        (("--figure", "no/a.svg"), "cannot write 'no/a.svg': No such file or directory"),
        (("--figure", "a.svg", "--output", "no/a.md"), "cannot write 'no/a.md': No such file or"),
    ],
)
def test_files_that_cannot_be_written_are_told_at_once(
    run: Run, words: tuple[str, ...], message: str
) -> None:
    """Before anything is counted; and nothing is left behind."""
    assert_refused(run("paper", *words), 2, message)
    assert not list(Path().iterdir())
