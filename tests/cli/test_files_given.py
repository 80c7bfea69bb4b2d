"""Files that are given: far too large, of somebody else, pipes without a peer, or no folder."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cli.conftest import Run, assert_refused
from se_cost import files

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs its devices and pipes")


@pytest.mark.parametrize(
    "words",
    [
        "diff /dev/zero /dev/zero",
        "diff /dev/urandom /dev/urandom",
        "check --baseline /dev/zero",
        "show /dev/zero",
        "report --no-time --from /dev/zero",
    ],
)
def test_what_never_ends_is_not_read_to_its_end(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """It is refused at a size that no document has."""
    monkeypatch.setattr(files, "LARGEST", 2**20)
    assert_refused(run(*words.split()), 2, "it holds more than 1 MiB")


def test_a_summary_that_is_full_is_a_warning(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked for is done all the same."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/dev/full")
    result = run("check", "--max-params", "29M")
    assert result.exit_code == 0
    assert "warning: cannot write '/dev/full'" in result.stderr


def test_the_json_of_a_page_replaces_nothing_of_yours(run: Run) -> None:
    """A config.json that is not ours stays, and nothing is counted in vain."""
    Path("config.json").write_text('{"mine": 1}')
    assert_refused(run("report", "--no-time", "--output", "config.md"), 2, "is no document of")
    assert Path("config.json").read_text() == '{"mine": 1}'
    assert run("report", "--no-time", "--output", "other.md").exit_code == 0
    assert run("report", "--no-time", "--output", "other.md").exit_code == 0, "ours is replaced"


def test_a_folder_that_is_a_file(run: Run) -> None:
    """It is called what it is."""
    Path("f").write_text("")
    assert_refused(run("report", "--no-time", "--output", "f/x.md"), 2, "'f' is no folder")


def test_pipes_without_a_peer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for ever."""
    monkeypatch.setattr(files, "PATIENCE", 0.2)
    os.mkfifo("pipe")
    assert_refused(run("show", "pipe"), 2, "nobody wrote into it")
    result = run("params", "--output", "pipe")
    assert result.exit_code == 2
    assert "nobody read it" in result.stderr


def test_pipes_with_a_peer(run: Run) -> None:
    """They are read, and written to, whole."""
    os.mkfifo("pipe")
    document = run("params", "--format", "json").stdout
    writer = threading.Thread(target=lambda: Path("pipe").write_text(document))
    writer.start()
    assert "+9.90 %" in run("show", "pipe").stdout
    writer.join()
    seen: list[str] = []
    reader = threading.Thread(target=lambda: seen.append(Path("pipe").read_text()))
    reader.start()
    run("params", "--format", "json", "--output", "pipe")
    reader.join()
    assert seen == [document]


def test_git_that_hangs(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It has a minute."""
    monkeypatch.setattr("se_cost.gate.git.PATIENCE", 0.2)
    git = tmp_path / "bin" / "git"
    git.parent.mkdir()
    git.write_text("#!/bin/sh\nexec sleep 60\n")
    git.chmod(0o755)
    monkeypatch.setenv("PATH", f"{git.parent}:{os.environ['PATH']}")
    assert_refused(run("diff", "--against", "main"), 2, "git gave no answer within 0.2 s")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("params --measure --classes 1000000000000000000", "torch cannot build this se_resnet50"),
        ("params --head none --classes 5", "classes 5 cannot be had with head none"),
        ("params --arch resnet50 --r 8", "--r is of attention, and resnet50 has none"),
        ("params --arch resnet50 --place pre", "take se_resnet50, or --attention se"),
        ("params --stages 2-4", "write 2,3,4"),
        ("params --classes x", "is no whole number; write for instance 8"),
        ("params --arch zzzzzz", "those of `se-cost nets`"),
    ],
)
def test_what_cannot_be_had(run: Run, words: str, said: str) -> None:
    """One line that says what can."""
    assert_refused(run(*words.split()), 2, said)


def test_a_far_fetched_guess_is_none(run: Run) -> None:
    """It is worse than none."""
    assert "did you mean" not in run("params", "--arch", "zzzzzz").stderr


def test_a_name_as_it_is_printed(run: Run) -> None:
    """What the tables say can be typed."""
    names = ("SE-ResNet-50", "se-resnet-50", "ECA-ResNet-50", "ResNet-50", "SENet-154")
    for name in names:
        assert run("params", "--arch", name, "--quiet").exit_code == 0, name
    assert run("params", "--arch", "SE-ResNet-50").stdout == run("params").stdout


def test_several_networks_in_one_table(run: Run) -> None:
    """Plain and with attention beside each other, in any format, shown again from json."""
    nets = ("--arch", "se_resnet18,se_resnet50")
    assert "28,088,024" in run("params", *nets).stdout
    latex = run("flops", "--no-measure", *nets, "--format", "latex").stdout
    assert "1 MAC = 2 FLOPs" in latex
    run("params", *nets, "--output", "both.json", "--quiet")
    assert run("show", "both.json").stdout == run("params", *nets).stdout
    run("params", *nets, "--r", "8", "--output", "r8.json", "--quiet")
    assert run("diff", "both.json", "r8.json").exit_code == 1


def test_a_wrong_value_in_pyproject_names_the_file(run: Run) -> None:
    """Nobody typed it, so it is said where it stands."""
    Path("pyproject.toml").write_text("[tool.se-cost]\nclasses = 'x'\n")
    assert_refused(
        run("params"), 2, "pyproject.toml: [tool.se-cost]: Invalid value for '--classes'"
    )


def test_columns_in_a_pipe(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """$COLUMNS is respected; the answer stays, hidden widths and the formula go first."""
    monkeypatch.setenv("COLUMNS", "80")
    text = run("params").stdout
    assert max(map(len, text.splitlines()[3:])) <= 80
    assert "growth" in text
    assert "Left out in 80 columns: hidden, formula, biases." in text


def test_nothing_is_as_small_as_zero(run: Run) -> None:
    """A growth that three digits would hide is shown with one that is not zero."""
    text = run("flops", "--no-measure", "--arch", "se_densenet121", "--format", "markdown").stdout
    assert "+0.000 %" not in text


def test_bash_completes_behind_an_equals_sign() -> None:
    """Bash makes three words of it."""
    env = os.environ | {
        "_SE_COST_COMPLETE": "bash_complete",
        "COMP_WORDS": "se-cost params --arch = se_resnet1",
        "COMP_CWORD": "4",
    }
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, se_cost.__main__ as m; sys.argv = ['se-cost']; m.run()",
        ],
        env=env,
        capture_output=True,
        text=True,
    )
    assert "se_resnet18" in done.stdout
