"""`se-cost plan`: what is asked for, what is refused, and what is timed."""

import json
import shlex
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from measure.made_up import explanation, timing

from cli.conftest import Run, assert_refused, configure, saved
from se_cost.documents.explain import explained
from se_cost.measure.explain import explain
from se_cost.measure.machine.figures import Machine
from se_cost.measure.session.several import Asked, time_several
from se_cost.measure.timing.arms import BASELINE, NETWORK
from se_cost.measure.timing.settings import Mode, QuickPlan, Settings
from se_cost.nets.zoo.model import model

NET = model("se_resnet50")
TOLD = ("--bandwidth", "20GB/s", "--launch", "2us")


def planned(run: Run, *words: str) -> dict[str, Any]:
    """Return the document of a plan."""
    result = run("plan", *words, "--format", "json", "--quiet")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_json_is_one_document(run: Run) -> None:
    """The choice, its options, and what every other command takes them for."""
    data = planned(run, "--max-attention-params", "1M")
    assert (data["schema_version"], data["command"]) == (1, "plan")
    chosen = data["chosen"]
    assert chosen["params"] == 966_016
    assert chosen["options"] == "--arch se_resnet50 --r 4,8,64,64"
    assert [site["r"] for site in chosen["sites"]] == [4, 8, 64, 64]
    assert chosen["time_ms"] is None
    counted = run("params", *chosen["options"].split(), "--format", "json")
    assert json.loads(counted.stdout)["attention"]["params"] == chosen["params"]


def test_the_budget_can_be_pasted(run: Run) -> None:
    """`check` takes it, and one parameter less is refused."""
    data = planned(run, "--max-attention-params", "1M", "--input", "96x160", "--no-bias")
    configure(data["toml"])
    assert run("check").exit_code == 0
    network = data["baseline"]["params"] + data["chosen"]["params"]
    assert f"max-params = {network}" in data["toml"]
    configure(data["toml"].replace(str(network), str(network - 1)))
    assert run("check").exit_code == 1


def test_error_rates_of_the_paper_are_quoted(run: Run) -> None:
    """Of exactly that configuration, and of no other."""
    data = planned(run, "--ratios", "16", "--no-bias")
    (tables,) = [one["published"] for one in data["choices"] if "chosen" in one["marks"]]
    assert [row["table"] for row in tables] == ["10", "13", "14", "15", "16"]
    assert tables[0]["errors"] == {"top-1 error": "22.28", "top-5 error": "6.03"}
    assert not any(one["published"] for one in planned(run, "--no-bias", "--ratios", "7")["best"])


def test_kinds_and_blocks(run: Run) -> None:
    """Options of one kind do not keep the others out; what no option names is said so."""
    words = ("--attention", "se,eca", "--squeeze", "max", "--by", "block")
    data = planned(run, *words, "--max-attention-params", "20k")
    assert data["candidates"] == [*(f"se r={r}" for r in (2, 4, 8, 16, 32, 64)), "eca", "none"]
    assert data["chosen"]["blocks"] == 16
    assert data["chosen"]["options"] is None
    assert data["unnamed"]


def test_a_bare_network_is_offered_se(run: Run) -> None:
    """Whoever plans wants some attention."""
    assert planned(run, "--arch", "resnet50") == planned(run, "--arch", "se_resnet50")


def test_nothing_fits(run: Run) -> None:
    """The page says what the cheapest costs, and the exit code is 1."""
    result = run("plan", "--max-attention-params", "100")
    assert result.exit_code == 1
    assert "No attention fits." in result.stdout
    assert "the cheapest is se r=64 in stage2 with 6,924, and 100 are allowed" in result.stdout
    result = run("plan", "--max-params", "20M")
    assert result.exit_code == 1
    assert "The plain network alone is over --max-params" in result.stdout


def test_a_machine_that_is_told(run: Run) -> None:
    """Its time is predicted, absolute and in per cent of what the plain network takes."""
    budget = ("--max-attention-time-percent", "3", "--plain-time", "50ms")
    data = planned(run, *TOLD, *budget)
    assert data["axes"] == ["params", "time"]
    assert data["budgets"][0]["at_most"] == pytest.approx(1.5)
    assert data["chosen"]["time_ms"] <= 1.5
    assert "max-overhead-percent = 3" in data["toml"]
    assert planned(run, *TOLD, "--max-attention-time", "1.5ms")["chosen"] == {
        **data["chosen"],
        "time_percent": None,
    }


def test_a_machine_that_explain_measured(run: Run) -> None:
    """Its figures are taken, and the plain network's time if it was run in the same way."""
    saved("explain.json", explained(explanation(NET)))
    budget = ("--machine", "explain.json", "--max-attention-time-percent", "30")
    data = planned(run, *budget)
    assert data["machine"] == {"bandwidth": 2e10, "launch": 1e-6}
    assert data["baseline"]["time_ms"] == pytest.approx(10)
    for other in ("--batch 2", "--mode train", "--input 128", "--arch resnet18"):
        words = other.split()
        assert_refused(run("plan", *budget, *words), 2, "needs the time of the plain network")


def test_a_machine_that_is_measured(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the device that is named."""
    asked: list[Settings] = []

    def surveyed(settings: Settings) -> Machine:
        asked.append(settings)
        return Machine(1e10, 1e-6)

    monkeypatch.setattr(explain, "surveyed", surveyed)
    data = planned(run, "--device", "cpu", "--mode", "train")
    assert asked == [Settings("cpu", Mode.TRAIN)]
    assert (data["machine_source"], data["machine"]["bandwidth"]) == ("measured in this run", 1e10)


def test_a_map(run: Run) -> None:
    """Every pair, of the network as it is; the choice is for the first."""
    data = planned(run, "--input", "64,96x128", "--batch", "1,8")
    pairs = [(cell["height"], cell["width"], cell["batch"]) for cell in data["map"]]
    assert pairs == [(64, 64, 1), (64, 64, 8), (96, 128, 1), (96, 128, 8)]
    assert data["recipe"]["input"] == [3, 64, 64]
    assert planned(run)["map"] == []


def test_figure_is_drawn(run: Run) -> None:
    """The frontier, as SVG."""
    assert run("plan", "--figure", "plan.svg").exit_code == 0
    assert "without the final stage" in " ".join(Path("plan.svg").read_text().split())


def test_verify(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The best choices of different stages, each beside the plain network, in one protocol."""
    asked: list[Asked] = []

    def time(protocol: Any, net: Any, networks: Any, settings: Any, *rest: Any, **how: Any) -> Any:
        asked.append(Asked(net, networks, settings, protocol, **how))
        return timing(net, settings, {NETWORK: 1.05 + 0.01 * len(asked)})

    monkeypatch.setattr("se_cost.cli.timed.time_several", partial(time_several, time=time))
    words = ("--verify", "4", "--quick", "--device", "cpu", *TOLD)
    data = planned(run, *words)
    assert [set(one.networks) for one in asked] == [{BASELINE, NETWORK}] * 4
    assert len({one.model.stages for one in asked}) == 4
    assert all(isinstance(one.protocol, QuickPlan) for one in asked)
    found = data["verification"]
    assert [one["measured_ms"] for one in found["choices"]] == pytest.approx([0.6, 0.7, 0.8, 0.9])
    assert found["rank_correlation"] < 0
    assert found["wrong"]
    assert len(found["times"]) == 4
    assert "ordered wrongly" in run("plan", *words).stdout


REFUSED = {
    "--max-attention-params -1": ["--max-attention-params", "'-1'"],
    "--max-attention-params x": ["--max-attention-params", "'x' is no amount"],
    "--max-attention-params-percent -1": ["--max-attention-params-percent", "-1"],
    "--max-attention-time 3": ["--max-attention-time", "'3' is no time with a unit", "2ms"],
    "--max-attention-time -3ms": ["'-3ms' is no time with a unit"],
    "--max-attention-time 3ms": ["--max-attention-time needs two figures", "--machine", "--device"],
    "--max-attention-time-percent 3": ["--max-attention-time-percent", "needs"],
    "--max-attention-bytes-percent 3 --mode train": ["known of inference only", "--mode infer"],
    "--ratios 0": ["r 0", "at least 1"],
    "--ratios 8,-1": ["r -1", "at least 1"],
    "--ratios x": ["--ratios", "'x' is no whole number"],
    "--by layer": ["--by", "'layer'", "stage, block"],
    "--value 1,2": ["--value 1,2", "4 numbers", "2, 3, 4, 5"],
    "--value 1,2,3,-4": ["none below 0"],
    "--frontier params": ["--frontier", "no pair"],
    "--frontier params,params": ["no pair"],
    "--frontier params,tme": ["--frontier", "'tme'", "did you mean time?"],
    "--frontier params,time": ["--frontier needs two figures"],
    "--attention se,cbm": ["--attention", "'cbm'", "did you mean cbam?"],
    "--attention eca --squeeze max": ["eca has no squeeze"],
    "--input 224,x": ["--input", "'224,x' is no size"],
    "--input 224,7": ["7x7", "too small"],
    "--input 3x224x224": ["'3x224x224' is no size", "800x1333"],
    "--batch 0": ["--batch 0"],
    "--drop-stages 2,3,4,5": ["no stage is left"],
    "--bandwidth 26": ["--bandwidth", "'26' is no bandwidth with a unit", "26GB/s"],
    "--bandwidth 0GB/s": ["above 0"],
    "--bandwidth 26GB/s": ["both figures", "--launch"],
    "--launch 2us": ["both figures", "--bandwidth"],
    "--launch 2": ["--launch", "'2' is no time with a unit"],
    "--machine missing.json": ["cannot read 'missing.json'"],
    "--machine missing.json --launch 2us": ["--machine has both figures"],
    "--verify 0": ["--verify", ">=1"],
    "--verify 3 --by block": ["--verify", "--by block"],
    "--arch se_resnet5": ["'se_resnet5'", "did you mean se_resnet50?"],
}


@pytest.mark.parametrize("line", REFUSED)
def test_refused(run: Run, line: str) -> None:
    """One line that names the value and what would do."""
    assert_refused(run("plan", *shlex.split(line)), 2, *REFUSED[line])
    assert list(Path().iterdir()) == []


def test_what_is_no_explanation(run: Run) -> None:
    """Any other document is refused by name."""
    run("params", "--output", "params.json")
    assert_refused(
        run("plan", "--machine", "params.json"), 2, "is no document of `se-cost explain`"
    )
