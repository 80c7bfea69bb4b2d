"""The page of the paper: its rows, what is said of them, its picture, and the copy in reports/."""

import csv
import re
from fractions import Fraction
from math import prod
from pathlib import Path

import pytest

from report.made_up import ENVIRONMENT, timing
from report.test_figures import words
from se_cost.ledger.compare import compare
from se_cost.ledger.conventions import paper, total
from se_cost.ledger.paper import UNITS, Finding, Verdict, findings, judge, recipe_of
from se_cost.ledger.rows import Ledger
from se_cost.measure.result import NETWORK
from se_cost.measure.settings import Mode, Settings
from se_cost.nets.registry import recipe
from se_cost.report.doubts import INTERRUPTED, NOT_WARM
from se_cost.report.formats import as_csv, as_markdown, as_text
from se_cost.report.illustrated import illustrated
from se_cost.report.paper import PICTURE, page
from se_cost.report.paper_figure import errors
from se_cost.report.paper_notes import note, remark
from se_cost.report.time import QUICK

REPORTS = Path(__file__).parents[2] / "reports"
COMMAND = "se-cost paper --output reports/paper.md --figure reports/paper-errors.svg"
KEYS = ["table", "row", "quantity", "published", "ours", "unit", "verdict", "note"]
SE50 = recipe("se_resnet50")
PAGE = page()
FOUND = findings()
COUNTED = [finding for finding in FOUND if finding.ours is not None]


def rows(title: str) -> list[tuple[object, ...]]:
    """Return the rows of the one table whose title begins so."""
    (table,) = [table for table in PAGE.tables if table.title.startswith(title)]
    return list(table.rows)


def find(table: str, row: str, quantity: str) -> Finding:
    """Return the finding of a figure."""
    return next(
        finding
        for finding in FOUND
        if (finding.figure.table, finding.figure.row) == (table, row)
        and finding.figure.quantity == quantity
    )


def test_reports_paper_is_up_to_date() -> None:
    """The copy in reports/ is what the command writes today."""
    file = REPORTS / "paper.md"
    today = illustrated(PAGE, PICTURE, file, REPORTS / "paper-errors.svg")
    assert file.read_text(encoding="utf-8") == today, f"run {COMMAND}"


def test_reports_paper_errors_is_up_to_date() -> None:
    """The picture in reports/ has today's words and points; its bytes are matplotlib's affair."""
    drawn, today = (REPORTS / "paper-errors.svg").read_text(encoding="utf-8"), errors()
    assert words(drawn) == words(today), f"run {COMMAND}"
    assert drawn.count("<use") == today.count("<use")


def test_summary_counts_the_verdicts() -> None:
    """The first line says how many figures there are of each verdict, as the rows have it."""
    verdicts = [row["verdict"] for row in PAGE.data["rows"]]
    exact, close, differs = map(verdicts.count, ("exact", "close", "differs"))
    assert (exact, close, differs) == (62, 15, 10)
    assert PAGE.lines[0].endswith("87 costs and differences, 62 exact, 15 close, 10 differ.")


def test_gain_is_that_of_the_tables() -> None:
    """ResNeXt-101 gains least (21.18 - 20.70), MobileNet most (28.4 - 25.3)."""
    assert "0.48 to 3.10 points" in PAGE.lines[3]
    growths = [
        100 * total(whole.attention, paper) / whole.baseline.macs
        for whole in (compare(recipe(f"se_{name}")) for name in ("vgg16", "shufflenet"))
    ]
    assert f"for {growths[0]:.2f} to {growths[1]:.2f} % more FLOPs" in PAGE.lines[3]


def test_data_is_one_row_for_every_finding() -> None:
    """The json has exactly the promised keys, with numbers as numbers."""
    data = PAGE.data
    assert (data["schema_version"], data["command"]) == (1, "paper")
    assert "time" not in data
    assert len(data["rows"]) == len(FOUND)
    for row, finding in zip(data["rows"], FOUND, strict=True):
        assert list(row) == KEYS
        assert row["published"] == float(finding.figure.published)
        assert isinstance(row["published"], float)
        if row["verdict"] == "quoted":
            assert row["ours"] is None
        else:
            assert judge(finding.figure.published, Fraction(row["ours"])) == row["verdict"]


def test_every_figure_that_differs_says_how_far_and_why() -> None:
    """None is left without its distance and an explanation, in the json and in the tables."""
    differing = [row for row in PAGE.data["rows"] if row["verdict"] == "differs"]
    assert len(differing) == 10
    for row in differing:
        off = row["ours"] - row["published"]
        unit = {"%": "points"}.get(row["unit"], row["unit"])
        distance, _, reason = row["note"].partition("; ")
        share = 100 * off / row["published"]
        assert distance == f"ours is off by {off:+.4f} {unit} ({share:+.2f} %)"
        assert len(reason) > 40
    for table in PAGE.tables[:3]:
        for cells in table.rows:
            if cells[6] == "differs":
                assert cells[5], "off by"
                assert cells[7], "see"


def test_exact_and_quoted_figures_need_no_excuse() -> None:
    """What is said of them is only what the paper says itself, or the number behind it."""
    for finding in FOUND:
        if (
            finding.verdict in (Verdict.EXACT, Verdict.QUOTED)
            and finding.figure.table != "section 4"
        ):
            assert note(finding) == finding.figure.note


def test_close_totals_are_explained_too() -> None:
    """A total that is one off in the last digit has a remark, and so has each difference."""
    assert all(remark(f) for f in COUNTED if f.verdict is Verdict.CLOSE)


def test_remarks_are_numbered_in_order() -> None:
    """Every number in a table is one of the notes, and they appear in their order."""
    notes = {str(number): text for number, text in rows("Notes")}
    assert list(notes) == [str(i) for i in range(1, len(notes) + 1)]
    seen = [str(cells[7]) for table in PAGE.tables[:3] for cells in table.rows if cells[7]]
    assert list(dict.fromkeys(seen)) == list(notes)
    assert len(set(notes.values())) == len(notes)


def test_tables_hold_every_count_once() -> None:
    """Totals, differences and the text are three tables that leave nothing out."""
    shown = [cells for table in PAGE.tables[:3] for cells in table.rows]
    assert len(shown) == len(COUNTED)
    assert sorted(str(cells[:4]) for cells in shown) == sorted(
        str(
            (
                f.figure.table,
                f.figure.row,
                f"{f.figure.measure} {f.figure.unit}",
                f.figure.published,
            )
        )
        for f in COUNTED
    )
    assert rows("Costs")[0][:5] == ("2", "ResNet-50", "FLOPs G", "3.86", 3.857973248)
    assert rows("What SE adds")[0][3:5] == ("0.01", 0.008034304)
    assert [cells[0] for cells in rows("The numbers of the text")] == ["section 4"] * 4


def test_printed_digits_are_kept() -> None:
    """7.60 is not 7.6: its last digit is what is judged."""
    assert " 7.60 " in as_text(PAGE)
    assert "| 11.30 " in as_markdown(PAGE)
    first = next(csv.DictReader(as_csv(PAGE).splitlines()))
    assert (first["paper"], first["ours"]) == ("3.86", "3.857973248")


def test_errors_stand_beside_costs() -> None:
    """Each network with SE has its errors and the plain one's, as printed, and what SE adds."""
    found = {cells[:2]: cells[2:] for cells in rows("Errors, quoted")}
    assert found["2", "SE-ResNet-50"][:4] == ("23.29", "24.80", "6.62", "7.48")
    assert found["2", "SE-ResNet-50"][4:] == pytest.approx((9.903, 0.20825), abs=0.001)
    assert found["4", "SE-ResNet-164"][:4] == ("4.39", "5.46", None, None)
    assert found["8", "SENet-154"][:4] == ("18.68", None, "4.47", None)
    assert ("2", "ResNet-50") not in found
    # table 16: 2,514,944 weights, at every place of the maps instead of once
    assert found["16", "SE-ResNet-50 squeeze=none"][5] == pytest.approx(10.8, abs=0.01)


def test_published_times() -> None:
    """190 and 209 ms, 164 and 167 ms are quoted with their hardware."""
    assert rows("Time of ResNet-50") == [
        (
            "forward + backward time, batch 256 on 8 Titan X GPUs",
            *(190.0, 209.0, pytest.approx(10.0)),
            *(None, None, "quoted"),
        ),
        (
            "CPU inference time, one 224x224 image",
            *(164.0, 167.0, pytest.approx(1.829, abs=0.001)),
            *(None, None, "quoted"),
        ),
    ]
    assert QUICK not in PAGE.lines


def test_measured_times_stand_below_the_published() -> None:
    """A timing adds a row with its interval, its raw samples to the json, and its doubts."""
    run = timing(SE50, Settings(mode=Mode.TRAIN), {NETWORK: 1.2}, warm=False)
    answer = page([run, timing(SE50, interrupted=True, warm=False)])
    table = answer.tables[-1]
    assert len(table.rows) == 4
    what, plain, with_se, *interval, verdict = table.rows[2]
    assert isinstance(what, str)
    assert what.startswith("Forward, loss and backward pass of one image")
    assert str(ENVIRONMENT["device_name"]) in what
    assert (plain, with_se) == pytest.approx((10, 12), rel=0.01)
    assert interval == pytest.approx([20, 20, 20], abs=0.3)
    assert verdict == "slower"
    assert [len(time["samples"]["quads"]) for time in answer.data["time"]] == [8, 16]
    assert set(answer.warnings) == {NOT_WARM, INTERRUPTED}
    assert answer.data["rows"] == PAGE.data["rows"]
    assert QUICK in answer.lines


def test_text_fits_a_terminal() -> None:
    """In 80 columns no line is longer, and the distance is still there."""
    lines = as_text(PAGE, width=80).splitlines()
    assert max(map(len, lines)) <= 80
    assert any(re.search(r"off by +verdict", line) for line in lines)


def test_link_to_the_picture_is_relative(tmp_path: Path) -> None:
    """The page shows the picture from wherever it lies; odd signs in its name are escaped."""
    beside = illustrated(PAGE, PICTURE, tmp_path / "a.md", tmp_path / "b c.svg")
    assert beside.endswith("](b%20c.svg)\n")
    assert beside.startswith("# ")
    assert as_markdown(PAGE) in beside
    above = illustrated(PAGE, PICTURE, tmp_path / "docs" / "a.md", tmp_path / "b.svg")
    assert above.endswith("](../b.svg)\n")


def test_picture_names_every_network() -> None:
    """Both panels show the ten networks of tables 2 and 3, plain and with SE."""
    said = words(errors())
    for name in ("ResNet-50", "VGG-16 (BN)", "Inception-ResNet-v2", "MobileNet", "ShuffleNet"):
        assert said.count(name) == 2
    assert {"plain", "with SE", "parameters, M", "FLOPs as the paper counts them, G"} <= set(said)
    assert errors() == errors()


# What the notes claim, one test for each of them


def with_sums(ledger: Ledger) -> float:
    """Return the paper's FLOPs in G if the sums of the residual branches are counted too."""
    sums = sum(row.elements for row in ledger.rows if row.op == "add")
    return (total(ledger, paper) + sums) / UNITS["G"]


@pytest.mark.parametrize(
    ("row", "exact"),
    [
        ("ResNet-101", True),
        ("ResNet-152", True),
        ("ResNeXt-50 (32x4d)", True),
        ("ResNeXt-101 (32x4d)", False),
        ("SE-ResNet-101", False),
    ],
)
def test_sums_of_the_residual_branches(row: str, exact: bool) -> None:
    """They explain three of the networks, and not the two that the note names."""
    finding = find("2", row, "FLOPs")
    assert "the sums of the residual branches" in note(finding)
    ours = Fraction(with_sums(compare(recipe_of("2", row)).network))
    assert (judge(finding.figure.published, ours) is Verdict.EXACT) is exact


def test_no_size_gives_inception_resnet() -> None:
    """At 298 the plain network takes 11.73 G, at 299 13.16; in between there is nothing."""
    assert "no square input" in note(find("2", "Inception-ResNet-v2", "FLOPs"))
    assert [round(flops(size), 2) for size in (297, 298, 299)] == [11.73, 11.73, 13.16]
    sizes = [flops(size) for size in range(200, 400, 11)]
    assert sizes == sorted(sizes), "it grows with the size, so that no other one is nearer"


def flops(size: int) -> float:
    """Return the G multiply-accumulates of the plain Inception-ResNet-v2 at a size."""
    return compare(recipe("inception_resnet_v2", input=size)).network.macs / UNITS["G"]


def test_running_statistics() -> None:
    """With the norms' means and variances the parameters of all ablations but r = 8 are exact."""
    missed = set()
    for finding in COUNTED:
        figure = finding.figure
        if figure.table not in ("10", "13", "15", "16") or figure.quantity != "params":
            continue
        network = compare(recipe_of(figure.table, figure.row)).network
        channels = sum(row.output[0] for row in network.rows if row.op == "norm")
        assert 2 * channels == 53_120
        with_them = Fraction(network.params + 53_120, UNITS["M"])
        if judge(figure.published, with_them) is not Verdict.EXACT:
            missed.add(figure.row)
    assert missed == {"SE-ResNet-50 r=8"}
    assert "53,120 running means" in note(find("10", "SE-ResNet-50 r=8", "params"))


def test_a_larger_plain_bn_inception() -> None:
    """0.0006 G more in both networks would round to both printed figures."""
    more = Fraction(6, 10_000)
    for row in ("BN-Inception", "SE-BN-Inception"):
        finding = find("2", row, "FLOPs")
        assert finding.ours is not None
        assert judge(finding.figure.published, finding.ours + more) is Verdict.EXACT
    assert "0.0006 G" in note(find("2", "SE-BN-Inception", "FLOPs"))


def test_what_is_known_of_shufflenet() -> None:
    """The numbers that the notes quote are ours, as they say."""
    plain = compare(recipe("shufflenet")).network
    assert f"has {plain.macs / 1e6:.0f} M for g = 3" in note(
        find("3", "ShuffleNet 1x (g=3)", "FLOPs")
    )
    assert f"{plain.params:,}" in note(find("3", "ShuffleNet 1x (g=3)", "params"))


def test_quotient_of_rounded_figures() -> None:
    """0.26 % is 0.01 / 3.86; the multiply-accumulates alone grow by 0.065 %."""
    quotient = next(f for f in COUNTED if f.figure.published == "0.26")
    assert judge("0.26", Fraction(1, 386) * 100) is Verdict.EXACT
    whole = compare(SE50)
    assert f"{100 * whole.attention.macs / whole.baseline.macs:.3f} %" in note(quotient)
    assert "8,034,304 of 3,857,973,248" in note(quotient)
    maps = sum(prod(row.output) for row in whole.attention.rows if row.op == "scale")
    assert whole.attention.macs + maps == 8_034_304
