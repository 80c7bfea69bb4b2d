"""A model of the user's at every command: same tables, same json, same exit codes."""

import json
import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from cli.conftest import Run
from se_cost.measure.explain.alone import CALLS

FILE = Path(__file__).parents[1] / "data" / "models" / "nets.py"
NET = f"--model {FILE}:Net --input 3x32x32"


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the modules and folders that a test adds."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "nets", raising=False)


def test_params(run: Run) -> None:
    """The keys are those of our own networks."""
    result = run(*f"params {NET} --format json".split())
    document = json.loads(result.stdout)
    assert result.exit_code == 0
    assert document["recipe"]["source"] == "imported"
    assert document["attention"]["params"] == 2_680
    assert [(b["path"], b["kind"], b["r"]) for b in document["blocks"]] == [
        ("one.se", "se", 4),
        ("two.se", "se", 4),
    ]
    assert document["without_final_stage"]["params"] == 552
    assert [(b["r"], b["formula"], b["weights"], b["gap"]) for b in document["audit"]] == [
        (4, 512, 512, "40 biases"),
        (4, 2_048, 2_048, "80 biases"),
    ]
    shown = run(*f"params {NET} --format markdown".split()).stdout
    assert "beside the 66,410 of Net without attention; +0.83 %" in shown
    assert "Each block beside 2 C² / 4" in shown
    assert "audit" not in json.loads(run("params", "--format", "json").stdout)


def test_measured_params(run: Run) -> None:
    """Of the built module with its attention, and of that out of which it was taken, by stage."""
    document = json.loads(run(*f"params {NET} --measure --format json".split()).stdout)
    assert document["disagreements"] == []
    assert document["measured"] == {
        "network": 69_090,
        "baseline": 69_090 - 2_680,
        "attention": 2_680,
        "without_final_stage": 552,
    }
    assert [stage["measured"] for stage in document["stages"]] == [552, 2_128]
    refused = run(*f"params --model {FILE}:Stubborn --input 3x32x32 --measure".split())
    assert (refused.exit_code, "cannot be taken out" in refused.stderr) == (3, True)


def test_flops_and_nets(run: Run) -> None:
    """What other counters make of it is measured, and not guessed."""
    document = json.loads(run(*f"flops {NET} --format json".split()).stdout)
    assert set(document["conventions"]) == {"macs", "flops", "paper", "torch"}
    assert document["measured"]["torch"]["network"] == document["conventions"]["torch"]
    assert document["measured"].keys() == {"fvcore", "torch"}
    skipped = json.loads(run(*f"flops {NET} --no-measure --format json".split()).stdout)
    assert "measured" not in skipped
    assert document["attention"]["macs"] == 2 * 32 * 8 + 2 * 64 * 16
    shown = run(*f"nets {NET}".split()).stdout
    assert "2 blocks of attention (2 se): 2,680 of its 69,090 parameters." in shown


def test_nets_says_where_attention_could_be_put(run: Run) -> None:
    """With path, stage and map, for those that have none and for those that have some."""
    bare = f"nets --model {FILE}:Residual --input 3x32x32"
    document = json.loads(run(*bare.split(), "--format", "json").stdout)
    assert (document["blocks"], document["sites"]) == (
        [],
        [
            {"path": "one.norm2", "stage": 1, "channels": 8, "height": 16, "width": 16},
            {"path": "two.norm2", "stage": 2, "channels": 16, "height": 8, "width": 8},
        ],
    )
    shown = run(*bare.split()).stdout
    assert "try some with --attention se, at the end of every residual branch." in shown
    assert re.search(r"two\.norm2\W+2\W+16\W+8x8", shown)
    none = run("nets", "--model", f"{FILE}:Plain", "--input", "3x32x32").stdout
    assert "--attention se --insert-after '*.bn2': it has no residual branches." in none
    assert "sites" not in json.loads(run("nets", "resnet18", "--format", "json").stdout)


def test_a_rude_factory_leaves_the_json_clean(run: Run) -> None:
    """What it prints is not on stdout."""
    result = run(*f"params --model {FILE}:rude --input 3x32x32 --format json".split())
    assert json.loads(result.stdout)["network"]["params"] == 69_090


def test_check_and_show(run: Run, tmp_path: Path) -> None:
    """Its counts gate as ours do, and are kept in a baseline."""
    baseline = tmp_path / "baseline.json"
    assert run(*f"check {NET} --name mine --baseline {baseline} --update".split()).exit_code == 0
    assert run(*f"check {NET} --name mine --baseline {baseline}".split()).exit_code == 0
    assert (
        run(*f"check {NET} --name mine --baseline {baseline} --max-params 1k".split()).exit_code
        == 1
    )
    assert (
        run(*f"check {NET} --model-arg r=2 --name mine --baseline {baseline}".split()).exit_code
        == 1
    )
    assert "mine" in run(*f"show {baseline}".split()).stdout


def test_report_without_time(run: Run, tmp_path: Path) -> None:
    """The page names the model, and how to make it again."""
    page = tmp_path / "page.md"
    assert run(*f"report --no-time {NET} --output {page}".split()).exit_code == 0
    text = page.read_text()
    assert "\n# What attention costs Net\n" in text
    assert f"$ se-cost report --model {FILE}:Net --input 3x32x32 --no-time" in text


def test_time(run: Run, tmp_path: Path) -> None:
    """Both arms are built again from the spec."""
    out = tmp_path / "time.json"
    result = run(*f"time {NET} --quick --runs 2 --max-time 30 --device cpu --output {out}".split())
    assert result.exit_code == 0, result.stderr
    document = json.loads(out.read_text())
    assert document["recipe"]["stages"] == [1, 2]
    assert document["without_final_stage"]["median_ms"] > 0
    assert len(document["samples"]["quads"]) == 4


def test_explain(run: Run, tmp_path: Path) -> None:
    """What was metered stands beside what was timed, and again in what is shown of it."""
    saved = tmp_path / "explain.json"
    options = f"{NET} --batch 2 --device cpu --quick --max-time 8 --format json --output {saved}"
    assert run(*f"explain {options}".split()).exit_code == 0
    document = json.loads(saved.read_text())
    e = 2 * 4 * (32 * 16**2 + 64 * 8**2)
    assert document["total"]["gated_bytes"] == e
    assert document["total"]["traffic"]["operators_forward"] == 12
    assert [stage["stage"] for stage in document["stages"]] == [1, 2]
    assert {"linear", "scale", "sigmoid"} < {one["operator"] for one in document["operators"]}
    counts = Counter[bool]()
    for one in document["alone"]:
        counts[one["operator"] == CALLS] += one["count"]
    assert counts == {False: 12, True: 2}  # the blocks are modules of the user's
    assert {one["stage"] for one in document["alone"]} == {1, 2}
    assert "What the attention adds" in run("show", str(saved)).stdout


def test_plan(run: Run) -> None:
    """Blocks are kept or left out; the choice is an option of the other commands."""
    result = run(*f"plan {NET} --by block --max-attention-params 600 --format json".split())
    chosen = json.loads(result.stdout)["chosen"]
    assert (result.exit_code, chosen["params"]) == (0, 552)
    assert chosen["options"].endswith("--drop-stages 2")
    again = json.loads(run(*f"params {chosen['options']} --format json".split()).stdout)
    assert again["attention"]["params"] == 552


LOOKED = f"--model {FILE}:Looked --input {FILE}:image_and_words"


def test_inputs_that_a_function_makes(run: Run, tmp_path: Path) -> None:
    """Whole numbers, which shapes alone could not be: for counts, for bytes, and when it runs."""
    attention = 8 * 4 + 4 + 4 * 8 + 8
    document = json.loads(run(*f"params {LOOKED} --measure --format json".split()).stdout)
    assert (document["recipe"]["input"], document["recipe"]["others"]) == ([3, 8, 8], [[2]])
    assert document["recipe"]["inputs"] == f"{FILE}:image_and_words"
    assert document["attention"]["params"] == document["measured"]["attention"] == attention
    document = json.loads(run(*f"flops {LOOKED} --format json".split()).stdout)
    assert set(document["measured"]) == {"fvcore", "torch"}
    assert document["doubts"] == []
    quick = "--quick --max-time 20 --device cpu --batch 8 --mode train"
    timed = run(*f"time {LOOKED} {quick} --runs 1 --format json".split())
    assert timed.exit_code == 0, timed.stderr
    assert json.loads(timed.stdout)["network"]["median_ms"] > 0
    explained = run(*f"explain {LOOKED} {quick} --format json".split())
    assert explained.exit_code == 0, explained.stderr
    assert json.loads(explained.stdout)["total"]["gated_bytes"] == 8 * 4 * 8 * 64
    page = tmp_path / "page.md"
    assert run(*f"report --no-time {LOOKED} --output {page}".split()).exit_code == 0
    assert f"--model {FILE}:Looked --input {FILE}:image_and_words" in page.read_text()


@pytest.mark.parametrize(
    ("options", "code", "why"),
    [
        (f"--model {FILE}:Looked --input {FILE}:image_words", 2, "did you mean image_and_words?"),
        (f"--model {FILE}:Looked --input nothing_like_it:make", 2, "no module named 'nothing_"),
        (f"--model {FILE}:Net --input {FILE}:odd_inputs", 3, "makes no batch"),
        (f"--model {FILE}:Looked --input {FILE}:two_by_name", 3, "does not fit"),
        (f"--model {FILE}:Looked --input {FILE}:two_inputs", 3, "forward failed in words"),
        (f"--model {FILE}:Looked --input {FILE}:fails", 3, "no such width (nets.py:"),
        (f"--input {FILE}:image_and_words", 2, "is no size: write 224, or 800x1333"),
    ],
)
def test_inputs_that_do_not_fit(run: Run, options: str, code: int, why: str) -> None:
    """One line names what is wrong."""
    for command in ("params", "plan"):
        result = run(*f"{command} {options}".split())
        assert (result.exit_code, result.stdout) == (code, "")
        assert why in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_what_is_left_out_must_be_there(run: Run) -> None:
    """Else a name that is misspelt would go unseen."""
    for command in ("params", "time", "check --max-params 1M"):
        result = run(*f"{command} {NET} --drop one.sse".split())
        assert (result.exit_code, result.stdout) == (2, "")
        assert "drop 'one.sse' fits no attention of" in result.stderr
        assert "there is one.se, two.se, of the kind se; did you mean one.se?" in result.stderr
        result = run(*f"{command} {NET} --drop-stages 5".split())
        assert (result.exit_code, result.stdout) == (2, "")
        assert "'5' is unknown: choose from 1, 2; did you mean 2?" in result.stderr


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (f"--model {FILE}:Plain --input 3x32x32", "has no attention: say which to try"),
        (f"{NET} --arch se_resnet50", "are two networks"),
        (f"{NET} --place pre", "--place is for the networks of `se-cost nets`"),
        (f"--model {FILE}:Inline --input 3x32x32 --ratios 2", "of the kind ese, whose r cannot be"),
        ("--drop one.se", "--drop belongs to --model"),
    ],
)
def test_plan_refuses(run: Run, options: str, why: str) -> None:
    """In one line."""
    result = run(*f"plan {options}".split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert why in result.stderr


def test_plan_tries_what_is_asked_for(run: Run) -> None:
    """Other ratios of its own kind, or a kind where there is none."""
    document = json.loads(run(*f"plan {NET} --ratios 2,8 --format json".split()).stdout)
    assert document["candidates"] == ["own se r=4", "se r=2", "se r=8", "none"]
    shown = run(*f"plan {NET} --by block".split()).stdout
    assert "own se r=4" in shown
    assert not re.search(r"(?<!own )se r=4", shown), "it is called alike everywhere"
    words = f"--model {FILE}:Plain --input 3x32x32 --attention eca --insert-after conv"
    document = json.loads(run(*f"plan {words} --format json".split()).stdout)
    assert document["candidates"] == ["eca", "none"]
    assert document["python"] == ""


def test_attention_that_is_tried(run: Run) -> None:
    """In a network that has none, and in the place of its own."""
    bare = f"--model {FILE}:Residual --input 3x32x32"
    document = json.loads(run(*f"params {bare} --attention se --r 4 --format json".split()).stdout)
    assert document["attention"]["params"] == 42 + 148
    assert document["recipe"]["attention"]["kind"] == "se"
    assert run(*f"params {bare} --attention se --r 4 --drop-stages 2".split()).exit_code == 0
    swapped = json.loads(run(*f"params {NET} --r 2 --format json".split()).stdout)
    assert {block["r"] for block in swapped["blocks"]} == {2}
    refused = run(*f"params {NET} --attention eca --r 2".split())
    assert (refused.exit_code, "eca has no r" in refused.stderr) == (2, True)
