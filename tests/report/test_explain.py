"""The page of an explanation, made of a timing and a machine whose truth is known."""

import json

import pytest
from jsonschema import Draft202012Validator

from report.explained import explanation
from report.made_up import ENVIRONMENT
from se_cost.measure.explanation import alone
from se_cost.measure.result import NETWORK
from se_cost.measure.settings import Layout, Mode, Settings
from se_cost.nets.registry import recipe
from se_cost.report import time
from se_cost.report.explain import CACHES, QUEUES, STRIDED, assumptions, page, picture, sentence
from se_cost.report.formats import as_json
from se_cost.report.page import Cell, Table
from se_cost.report.references import REFERENCES
from se_cost.report.schemas.documents import DEFINITIONS
from se_cost.report.schemas.explain import EXPLAIN
from se_cost.report.schemas.words import table
from se_cost.report.terminal import layout
from se_cost.report.time import QUICK

SE50 = recipe("se_resnet50")
NAMES = ("added", "times", "operators", "machine", "references")


def tables() -> dict[str, Table]:
    """Return the tables of the page by short names; 20 GB/s and 1 µs are the machine's."""
    found = explanation(SE50, bandwidth=2e10, launch=1e-6)
    return dict(zip(NAMES, page(found).tables, strict=True))


def numbers(cells: tuple[Cell, ...]) -> list[float]:
    """Return the cells, all of which are numbers."""
    return [float(cell) for cell in cells if cell is not None]


def test_the_answer_is_a_sentence() -> None:
    """It has the growth of both, what is moved and launched, and the quotient of the two."""
    found = explanation(SE50)
    assert sentence(found) == (
        f"+0.07 % MACs, {time.sentence(found.timing)} "
        "The attention moves 73.2 MiB more, as much as 3.5 passes "
        "over every gated map, in 96 more operators. Forward it does 0.033 MACs for each byte, "
        "the plain network 9.3."
    )


def test_columns_add_up() -> None:
    """Of what is added, the last row is the sum of the others, by stage and by operator."""
    for name, first in (("added", 1), ("operators", 2)):
        found = tables()[name]
        assert "all" in found.rows[-1]
        last = -1 if name == "added" else None  # the quotient does not add up
        for column in list(zip(*found.rows, strict=True))[first:last]:
            *parts, whole = numbers(column)
            assert sum(parts) == pytest.approx(whole)


def test_times_stand_beside_each_other() -> None:
    """Predicted from a made-up machine, measured from a made-up timing, in milliseconds."""
    rows = {row[0]: row[1:] for row in tables()["times"].rows}
    assert list(rows) == [2, 3, 4, 5, "all"]
    memory, launches, predicted, measured, low, high, passes, *_ = numbers(rows["all"])
    assert memory == pytest.approx(1000 * 76_733_888 / 2e10)
    assert launches == pytest.approx(0.096)
    assert predicted == pytest.approx(memory + launches)
    assert low < measured < high
    assert measured == pytest.approx(1, rel=1e-3)
    assert passes == pytest.approx(1e-3 * 2e10 / (4 * 5_519_360), rel=1e-3)
    assert numbers(rows[5])[3] == pytest.approx(-0.1, rel=1e-2)


def test_the_machine_is_in_its_units() -> None:
    """Gigabytes a second and microseconds."""
    bandwidth, launch = tables()["machine"].rows
    assert numbers(bandwidth[1:2] + launch[1:2]) == pytest.approx([20, 1])
    assert (bandwidth[2], launch[2]) == ("GB/s", "µs")


def test_references_are_quoted_with_their_source() -> None:
    """The paper's are quotients of its times; every one is a gain in time with a source."""
    rows = tables()["references"].rows
    assert len(rows) == len(REFERENCES)
    paper = [one.percent for one in REFERENCES if "Hu et al." in one.source]
    assert paper == pytest.approx([100 * (209 / 190 - 1), 100 * (167 / 164 - 1)], abs=0.05)
    assert all(one.percent > 0 and one.source for one in REFERENCES)


def test_assumptions_are_those_of_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """Caches on a CPU, a queue on a GPU, strides where a layout changes; and one process."""
    on_cpu = explanation(SE50)
    assert CACHES in page(on_cpu).lines
    assert QUICK in page(on_cpu).lines
    nhwc = explanation(SE50, Settings(mode=Mode.TRAIN, layout=Layout.NHWC))
    assert STRIDED in assumptions(nhwc)
    assert STRIDED not in assumptions(explanation(SE50, Settings(layout=Layout.NHWC)))
    monkeypatch.setitem(ENVIRONMENT, "device", "cuda")
    assert QUEUES in assumptions(on_cpu)
    assert CACHES not in assumptions(on_cpu)


def test_a_hundred_columns_are_wide_enough() -> None:
    """No table is broken into bands."""
    assert all(len(layout(found, 100).bands) == 1 for found in page(explanation(SE50)).tables)


def test_what_was_not_timed_is_missing() -> None:
    """After Ctrl-C a stage may have no measurement: a dash, and null."""
    found = page(explanation(SE50, truth={NETWORK: 1.1, alone(2): 1.04}))
    assert found.tables[1].rows[3][4:] == (None,) * 6
    assert found.data["stages"][3]["measured_seconds"] is None
    assert found.data["stages"][0]["measured_seconds"]["value"] == pytest.approx(4e-4, rel=1e-2)


@pytest.mark.parametrize("quads", [2, 8])
def test_json_is_as_its_schema_says(quads: int) -> None:
    """Every key is there, with an interval or null, and stages add up to the total."""
    data = json.loads(as_json(page(explanation(SE50, quads=quads))))
    assert (data["schema_version"], data["command"]) == (1, "explain")
    keys = {key: schema for key, schema in EXPLAIN.items() if key != "time"}
    Draft202012Validator({"$defs": dict(DEFINITIONS), **table(keys)}).validate(data)
    assert set(data) == {"schema_version", "command", *EXPLAIN}
    assert sum(stage["moved_bytes"] for stage in data["stages"]) == data["total"]["moved_bytes"]
    assert data["time"]["command"] == "time"
    assert len(data["time"]["samples"]["quads"]) == 5 * quads


def test_the_picture_is_named() -> None:
    """A page of markdown begins with a heading, and its picture has words."""
    found = picture(explanation(SE50))
    assert found.heading == "Why SE-ResNet-50 takes more time than ResNet-50"
    assert "Predicted and measured" in found.caption
