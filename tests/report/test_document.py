"""The report: a page, its pictures and its json, of one network and of several."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from report.made_up import timing
from se_cost.measure.built import params
from se_cost.measure.counts import Counts
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.recipe import Recipe
from se_cost.nets.registry import recipe
from se_cost.report import markdown
from se_cost.report.blocks import Document, PageFormat
from se_cost.report.document import Report, data, described, files
from se_cost.report.files import write
from se_cost.report.findings import Findings

QUESTIONS = (
    "Parameters",
    "Computing",
    "Time of inference",
    "Time of a training step",
    "Should the final stage keep its attention?",
)


@pytest.fixture(scope="module")
def findings(small: Recipe, counts: Sequence[Counts]) -> Findings:
    """Return what a whole run would find: real counts, made-up timings of both modes."""
    runs = [timing(small, Settings(mode=mode)) for mode in Mode]
    return Findings(small, (params(small), params(small.baseline)), counts, runs)


@dataclass(frozen=True)
class Made:
    """A report, and its document, which takes a while to draw."""

    report: Report
    document: Document

    @classmethod
    def of(cls, *networks: Findings) -> "Made":
        """Return the report on some networks."""
        return cls(Report(networks), described(Report(networks)))

    def files(
        self, path: Path = Path("x.md"), form: PageFormat = PageFormat.MARKDOWN
    ) -> dict[Path, str]:
        """Return the text of every file."""
        return files(self.report, self.document, path, form)

    @property
    def page(self) -> str:
        """Return the page."""
        return markdown.page_of(self.document, "x")


@pytest.fixture(scope="module")
def one(findings: Findings) -> Made:
    """Return the report on one network."""
    return Made.of(findings)


@pytest.fixture(scope="module")
def several(findings: Findings) -> Made:
    """Return the report on three networks, of which two have the same name, and one no times."""
    other = recipe("se_resnet18", input=64, r=8)
    runs = [timing(other, Settings(mode=mode)) for mode in Mode]
    return Made.of(findings, Findings(other, timings=runs), Findings(recipe("se_mobilenet")))


@pytest.fixture(scope="module")
def counted(several: Made) -> Made:
    """Return the same without any times."""
    return Made.of(*(Findings(findings.recipe) for findings in several.report.networks))


def inline(text: str) -> list[Token]:
    """Return the inline tokens of a page of markdown."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return [child for token in tokens for child in token.children or []]


@pytest.mark.parametrize("which", ["one", "several", "counted"])
@pytest.mark.parametrize("name", ["page.md", "a name (1).md", "100%.md", "[x].md", "`a|b` <c>.md"])
def test_links_and_pictures_exist(
    which: str, name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Every link leads to a file that was written beside the page; every picture has words."""
    report: Made = request.getfixturevalue(which)
    for file, text in report.files(tmp_path / name).items():
        write(file, text)
    tokens = inline((tmp_path / name).read_text())
    links = [unquote(str(t.attrs["href"])) for t in tokens if t.type == "link_open"]
    pictures = {unquote(str(t.attrs["src"])): t.content for t in tokens if t.type == "image"}
    assert links.count(f"{Path(name).stem}.json") == 1
    assert {*links, *pictures, name} == {path.name for path in tmp_path.iterdir()}
    assert all(len(alternative.split()) > 5 for alternative in pictures.values())


def test_files_of_one_and_of_several(one: Made, several: Made) -> None:
    """Pictures of several networks are told apart, those of one name by a number."""
    assert {str(path) for path in one.files()} == {"x.md", "x.json", "x-stages.svg", "x-time.svg"}
    assert {str(path) for path in several.files()} == {
        *("x.md", "x.json", "x-params.svg", "x-macs.svg", "x-time.svg"),
        *("x-se_resnet18-stages.svg", "x-se_resnet18-time.svg"),
        *("x-se_resnet18-2-stages.svg", "x-se_resnet18-2-time.svg"),
        "x-se_mobilenet-stages.svg",
    }


def test_html_is_one_file_and_the_json(several: Made) -> None:
    """Its pictures are within it."""
    written = several.files(Path("x.html"), PageFormat.HTML)
    assert list(map(str, written)) == ["x.json", "x.html"]
    assert written[Path("x.html")].count("<svg ") == 8


@pytest.mark.parametrize("form", PageFormat)
def test_the_page_comes_last(one: Made, form: PageFormat) -> None:
    """What the page shows is written before it, so that a page never shows what is not there."""
    assert list(one.files(Path("x.page"), form))[-1] == Path("x.page")


def test_tables_are_rectangular(one: Made, several: Made) -> None:
    """All rows of a table have as many cells as its heading."""
    for report, tables in ((one, 10), (several, 5 + 9 + 9 + 5 + 1)):
        blocks = re.findall(r"(?:^\|.*\n)+", report.page, re.MULTILINE)
        assert len(blocks) == tables
        for block in blocks:
            assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1


def headings(text: str) -> list[str]:
    """Return the headings of a page, those within details aside."""
    return re.findall(r"^##? (.*)", text, re.MULTILINE)


def test_headings_of_one(one: Made) -> None:
    """One title, then a section for each question."""
    title = "What attention costs ResNet-18"
    assert headings(one.page) == [title, *QUESTIONS, "Environment", "Reproduce"]


def test_headings_of_several(several: Made) -> None:
    """The same questions, then every network by itself behind a fold that tells its numbers."""
    text = several.page
    assert headings(text) == [
        "What attention costs 3 networks",
        *QUESTIONS,
        *("Every network by itself", "Environment", "Reproduce"),
    ]
    folds = text.split("<details>")[1:]
    assert [re.findall("<summary>(.*):", fold) for fold in folds] == [
        *(["SE-ResNet-18, r 16"], ["SE-ResNet-18, r 8"], ["SE-MobileNet"])
    ]
    assert "+11.49 % parameters, +0.084 % MACs</summary>" in folds[2]
    for fold, timed in zip(folds, (True, True, False), strict=True):
        inside = re.findall("^### (.*)", fold, re.MULTILINE)
        assert inside == [q for q in QUESTIONS if timed or "Time" not in q]


def test_headings_without_times(counted: Made) -> None:
    """Nothing is said of times, nor of what they depend on."""
    asked = [question for question in QUESTIONS if "Time" not in question]
    last = ("Every network by itself", "Reproduce")
    assert headings(counted.page) == ["What attention costs 3 networks", *asked, *last]
    one = headings(Made.of(*counted.report.networks[:1]).page)
    assert one == ["What attention costs ResNet-18", *asked, "Reproduce"]


def test_the_first_sentence_has_the_numbers_that_matter(one: Made) -> None:
    """Growth of parameters and MACs, and both overheads with their intervals, come first."""
    first = one.page.splitlines()[4].replace("\\", "")
    assert "SE-ResNet-18 beside ResNet-18: +0.76 % parameters" in first  # 89,080 of 11,689,512
    assert re.search(r"\+10\.0 % \[\+9\.\d, \+10\.\d\] time of inference", first)
    assert re.search(r"\+10\.0 % \[\+9\.\d, \+10\.\d\] time of a training step", first)


def test_the_first_sentence_on_several(several: Made) -> None:
    """The least and the greatest growth, and of which network."""
    assert several.page.splitlines()[4].startswith(
        "**Attention adds +0.76 % (SE-ResNet-18, r 16) to +11.49 % (SE-MobileNet) parameters; "
    )


@pytest.mark.parametrize("which", ["one", "several"])
def test_marker(which: str, request: pytest.FixtureRequest) -> None:
    """What finds the comment to replace comes first, and once."""
    text = request.getfixturevalue(which).page
    assert text.startswith("<!-- se-cost report -->\n\n# ")
    assert text.count("<!--") == 1


def test_charts(one: Made, several: Made) -> None:
    """GitHub draws the growth of several networks; all that it can where there are no files."""
    charts = re.compile(r"```mermaid\n(.*?)```", re.DOTALL)
    kinds = [[*map(str.split, charts.findall(report.page))] for report in (one, several)]
    assert [len(found) for found in kinds] == [0, 2]
    assert all("xychart-beta" in chart for chart in kinds[1])
    alone = charts.findall(markdown.page_of(several.document))
    assert [chart.split()[0] for chart in alone] == ["---", "---", "pie", "pie", "pie"]
    values = dict(re.findall('"(.*)" : (.*)', alone[-1]))
    assert sum(map(int, values.values())) == 486_068  # SE-MobileNet's, as `params` counts


def test_alone_it_has_no_links(several: Made) -> None:
    """In the summary of a job there are no files beside the page."""
    tokens = inline(markdown.page_of(several.document))
    assert not [t for t in tokens if t.type in ("image", "link_open")]
    assert any("Counts come out the same anywhere" in t.content for t in tokens)


def test_json_holds_the_documents_of_the_commands(one: Made) -> None:
    """Under their names are what `params`, `flops` and `time` print as json."""
    data = json.loads(one.files()[Path("x.json")])
    assert (data["schema_version"], data["command"]) == (1, "report")
    assert data["recipe"] == data["params"]["recipe"]
    assert data["params"]["command"] == "params"
    assert data["params"]["measured"]["baseline"] == 11_689_512
    assert data["flops"]["measured"]["torch"]["baseline"] == 2 * data["flops"]["baseline"]["macs"]
    assert [run["settings"]["mode"] for run in data["time"]] == ["infer", "train"]
    assert all(len(run["samples"]["quads"]) == 16 for run in data["time"])


def test_json_of_several_is_a_list(several: Made, one: Made) -> None:
    """Each part is the document of that network alone."""
    whole = json.loads(several.files()[Path("x.json")])
    assert whole.keys() == {"schema_version", "command", "networks"}
    assert (whole["schema_version"], whole["command"]) == (1, "report")
    assert whole["networks"][0] == json.loads(one.files()[Path("x.json")])
    assert [part["recipe"]["arch"] for part in whole["networks"]] == [
        *("se_resnet18", "se_resnet18", "se_mobilenet")
    ]
    assert whole["networks"][2]["time"] == []
    assert whole["networks"][2] == data(Report(several.report.networks[2:]))


def test_pictures_are_svg(several: Made) -> None:
    """All of them are well-formed."""
    pictures = [text for path, text in several.files().items() if path.suffix == ".svg"]
    assert len(pictures) == 8
    assert all(ET.fromstring(picture).tag.endswith("svg") for picture in pictures)


@pytest.mark.parametrize("which", ["one", "several"])
@pytest.mark.parametrize("form", PageFormat)
def test_the_same_findings_give_the_same_bytes(
    which: str, form: PageFormat, request: pytest.FixtureRequest
) -> None:
    """Writing a report again changes nothing."""
    report: Made = request.getfixturevalue(which)
    again = Made.of(*(replace(findings) for findings in report.report.networks))
    assert report.files(form=form) == again.files(form=form)


def test_reproduce_names_the_network(one: Made) -> None:
    """The page says the command that makes it again."""
    assert "$ se-cost report --arch se_resnet18 --r 16 --input 64x64\n" in one.page


def test_reproduce_names_all_networks(several: Made, counted: Made) -> None:
    """One command where one does it, else that of each network."""
    assert several.page.count("$ se-cost report --arch ") == 3
    assert "$ se-cost report --arch se_resnet18 --r 8 --input 64x64\n" in several.page
    assert "$ se-cost report --arch se_mobilenet --r 16 --no-time\n" in counted.page
    same = Made.of(Findings(recipe("se_vgg16")), Findings(recipe("se_mobilenet")))
    assert "\n$ se-cost report --arch se_vgg16,se_mobilenet --r 16 --no-time\n" in same.page


def wrong(findings: Findings) -> Findings:
    """Return findings in which FlopCounterMode counts 2 more."""
    assert findings.counts
    torch = findings.counts[0].torch
    first = replace(findings.counts[0], torch=replace(torch, forward=torch.forward + 2))
    return replace(findings, counts=[first, findings.counts[1]])


def test_counts_that_disagree_fail_the_report(one: Made) -> None:
    """A wrong count is a failure of the whole report, and is on the page."""
    assert not one.report.failed
    failed = Made.of(wrong(one.report.networks[0]))
    assert failed.report.failed
    assert "> **Warning:** THE COUNTS DISAGREE: torch" in failed.page


def test_counts_that_disagree_are_not_folded_away(several: Made) -> None:
    """One wrong count among several networks fails all, and says so above every fold."""
    assert not several.report.failed
    first, *others = several.report.networks
    failed = Made.of(wrong(first), *others)
    assert failed.report.failed
    above = failed.page.split("<details>")[0]
    assert "> **Warning:** SE-ResNet-18, r 16: THE COUNTS DISAGREE: torch" in above
