"""Budgets in the words of the command line, there and in pyproject.toml."""

from typing import Any

import pytest

from cli.conftest import Run, assert_refused, configure
from se_cost.cli.check import command
from se_cost.cli.config.lists import parsed
from se_cost.cli.options.budget import BUDGET, Amount, one_budget
from se_cost.errors import UsageError
from se_cost.gate.budgets import Budget
from se_cost.gate.quantities import QUANTITIES
from se_cost.nets.zoo.model import model


def budget(**words: Any) -> Budget:
    """Return the budget that some words of pyproject.toml spell."""
    keys = {word.replace("_", "-"): value for word, value in words.items()}
    found: Budget = parsed(one_budget, keys, {}, "file: budget 1")
    return found


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("28100000", 28_100_000),
        ("28,100,000", 28_100_000),
        ("28_100_000", 28_100_000),
        ("28.1M", 28_100_000),
        ("4.2 G", 4_200_000_000),
        ("1k", 1000),
        ("0", 0),
        ("1e3", None),
        ("512MiB", 512 * 2**20),
        ("0.5 KiB", 512),
        ("1.5GB", 1_500_000_000),
        ("inf", float("inf")),
        ("28.1", None),
        ("1.0000001M", None),
        ("28,1", None),
        ("-1", None),
        ("", None),
        ("M", None),
        ("12 parsecs", None),
        ("٣", None),
        ("9" * 40, None),
        ("\x1b[2J", None),
    ],
)
def test_amounts(text: str, number: float | None) -> None:
    """Numbers as people write them, exactly; everything else is refused on one harmless line."""
    if number is not None:
        assert Amount().convert(text, None, None) == number
        return
    with pytest.raises(Exception, match="is no ") as refused:
        Amount().convert(text, None, None)
    assert str(refused.value).isprintable()


def test_words_mean_what_they_mean_on_the_command_line() -> None:
    """Every word of a model, as TOML has it, and limits beside them."""
    found = budget(
        arch="resnet50",
        attention="se",
        r=[8, 8, 16, 16],
        place="pre",
        squeeze="max",
        gate="tanh",
        bias=False,
        stages=[2, 3, 4],
        drop_stages=4,
        input="64x96",
        classes=10,
        stride_in="3x3",
        name="mine",
        max_params="28M",
        grow_macs=2.5,
    )
    assert found.name == "mine"
    assert found.model == model(
        "se_resnet50",
        r=[8, 8, 16, 16],
        squeeze="max",
        gate="tanh",
        bias=False,
        place="pre",
        stages=[2, 3],
        input=(64, 96),
        classes=10,
        stride_in="3x3",
    )
    assert (found.most, found.growth) == ({"params": 28_000_000}, {"macs": 2.5})


def test_every_quantity_can_be_capped_and_its_growth_allowed() -> None:
    """No quantity is without its two words."""
    words = {f"{kind}-{key}": 7 for key in QUANTITIES for kind in ("max", "grow")}
    found = parsed(one_budget, words, {}, "")
    assert found.most == found.growth == dict.fromkeys(QUANTITIES, 7)


def test_words_of_a_budget_are_options_of_check() -> None:
    """What the command looks for to know that it was given a budget is what it has."""
    words = {option.name for option in BUDGET}
    assert {str(option.name) for option in one_budget.params} == words
    assert words <= {option.name for option in command.params}


def test_the_name_is_that_of_the_network_unless_given() -> None:
    """Plain networks and those with attention are told apart."""
    assert budget(arch="resnet18").name == "resnet18"
    assert budget(arch="resnet18", attention="se").name == "se_resnet18"
    assert budget(arch="resnet18", attention="eca").name == "eca_resnet18"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"archh": "resnet18"}, "'archh' is unknown: .*; did you mean arch"),
        ({"max_parms": 3}, "'max-parms' is unknown: .*; did you mean max-params"),
        ({"arch": "resnet17"}, "network 'resnet17' is unknown: .*; did you mean resnet18"),
        ({"r": 0}, "r 0 is out of range"),
        ({"r": "many"}, "'many' is no whole number"),
        ({"stages": [7]}, "stage of resnet50 '7' is unknown"),
        ({"max_params": -5}, "'-5' is no amount"),
        ({"max_params": [1, 2]}, "is no amount"),
        ({"max_params": {"a": 1}}, "is no amount"),
        ({"grow_params": "lots"}, "'lots' is not a valid percent"),
        ({"name": "a\nb"}, "the name 'a.nb' cannot be used"),
    ],
)
def test_words_that_cannot_be_used(words: dict[str, Any], message: str) -> None:
    """The error begins with the budget, names the value, and the nearest right one."""
    with pytest.raises(UsageError, match=f"^file: budget 1: .*{message}"):
        budget(**words)


@pytest.mark.parametrize("form", ["[tool.se-cost.budgets]\na = 1", "[tool.se-cost]\nbudgets = [3]"])
def test_budgets_that_are_no_list(run: Run, form: str) -> None:
    """The right way to write them is shown."""
    configure(form)
    assert_refused(run("check"), 2, "write [[tool.se-cost.budgets]]")


def test_two_budgets_of_one_network(run: Run) -> None:
    """They need names, as the baseline has to tell them apart."""
    one = '[[tool.se-cost.budgets]]\narch = "se_resnet18"\nmax-params = "90M"\n'
    configure(one + one)
    assert_refused(run("check"), 2, "two budgets are called 'se_resnet18'")
    configure(f'{one}{one}name = "other"\ninput = 64\n')
    assert run("check").exit_code == 0


def test_a_wrong_budget_is_named_by_file_and_number(run: Run) -> None:
    """Among fifty budgets the wrong one is found."""
    configure("[[tool.se-cost.budgets]]\n[[tool.se-cost.budgets]]\nsize = 3\n")
    assert_refused(run("check"), 2, "pyproject.toml: budgets 2 in [tool.se-cost]: key 'size'")


def test_other_commands_do_not_mind(run: Run) -> None:
    """The list of budgets is no option of theirs."""
    configure('[[tool.se-cost.budgets]]\narch = "se_resnet18"\n')
    assert run("params").exit_code == 0
