"""Real signals to the real program: nothing outlives it, and what is finished is printed."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")
SMALL = ("--arch", "se_resnet18", "--input", "64")
SLOW = ("--arch", "se_resnet152", "--input", "1024")  # counted for seconds
TIME = ("time", *SMALL, "--device", "cpu", "--threads", "1", "--max-time", "300")


def as_usual() -> None:
    """Ignore no signal, whoever started the tests: a shell ignores two in the background."""
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


class Running:
    """The program, in a folder of its own and with a TMPDIR of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "se_cost", *words],
            cwd=folder,
            env=os.environ | {"TMPDIR": str(self.temporary), "SE_COST_TEST": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=as_usual,
        )

    def end(self, number: int) -> tuple[int, str, str]:
        """Send a signal; return exit code, stdout and stderr."""
        self.process.send_signal(number)
        said, warned = self.process.communicate(timeout=60)
        return self.process.returncode, said, warned

    def others(self) -> list[psutil.Process]:
        """Return the processes that it has started, wherever they are, and that still live."""
        mark = str(self.temporary.parent)
        found = []
        for process in psutil.process_iter():
            try:
                ours = process.environ().get("SE_COST_TEST") == mark
                if ours and process.pid != self.process.pid and process.status() != "zombie":
                    found.append(process)
            except psutil.Error:
                continue
        return found


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Return a function that starts the program; nothing of it is left in the end."""
    running: list[Running] = []

    def start(*words: str) -> Running:
        running.append(Running(tmp_path, *words))
        return running[0]

    yield start
    for one in running:
        one.process.kill()
        one.process.communicate()
        for process in one.others():
            process.kill()


def wait(for_: Callable[[], object], seconds: float = 60) -> None:
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not for_():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_no_counter_outlives_the_program(start: Callable[..., Running], number: int) -> None:
    """The forked counter ends with its parent, and holds no stream of it."""
    running = start("flops", *SLOW)
    wait(running.others)
    begun = time.monotonic()
    code, said, _ = running.end(number)
    assert time.monotonic() - begun < 20
    assert (code, said) == (-9 if number == signal.SIGKILL else 128 + number, "")
    wait(lambda: not running.others(), 20)


def test_a_signal_amid_a_fork_is_not_lost() -> None:
    """Python drops what is raised while it forks."""
    code = (
        "import os, signal\n"
        "from se_cost.measure.processes import beside\n"
        "os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGINT))\n"
        "try:\n"
        "    with beside(lambda: [1]) as results: print(list(results))\n"
        "except KeyboardInterrupt: print('interrupted')"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, preexec_fn=as_usual
    )
    assert result.stdout == "interrupted\n", result.stderr


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_rank_outlives_the_program(start: Callable[..., Running], number: int) -> None:
    """Torchrun and its ranks, each in a session of its own, end too; no folder is left."""
    if (os.cpu_count() or 1) < 2:
        pytest.skip("needs two cores")
    running = start(*TIME, "--batch", "2", "--nproc", "2")
    wait(lambda: len(running.others()) >= 3)
    running.end(number)
    wait(lambda: not running.others(), 20)
    if number == signal.SIGTERM:
        assert not list(running.temporary.iterdir())


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_finished_processes_are_printed(start: Callable[..., Running], name: str) -> None:
    """As after Ctrl-C: the document holds what was measured, and no folder is left."""
    running = start(*TIME, "--format", "json", "--target", "0.001")
    pids: set[int] = set()

    def second() -> bool:
        pids.update(process.pid for process in running.others())
        return len(pids) > 1

    wait(second)
    time.sleep(0.5)
    number = getattr(signal, name)
    code, said, warned = running.end(number)
    assert code == 128 + number, warned
    document = json.loads(said)
    assert document["protocol"]["stop"] == "interrupted"
    assert document["samples"]["quads"]
    assert "interrupted" in warned
    assert not list(running.temporary.iterdir())
    wait(lambda: not running.others(), 20)


def test_a_good_run_over_ranks_leaves_nothing(start: Callable[..., Running]) -> None:
    """Torchrun's own folders are gone too."""
    if (os.cpu_count() or 1) < 2:
        pytest.skip("needs two cores")
    small = ("--batch", "2", "--nproc", "2", "--quick", "--runs", "1", "--max-time", "60")
    running = start(*TIME[:-2], *small)
    said, warned = running.process.communicate(timeout=200)
    assert running.process.returncode == 0, warned
    assert "overhead" in said
    assert not list(running.temporary.iterdir())


def test_a_signal_that_is_ignored_stays_so(tmp_path: Path) -> None:
    """As nohup starts it: a terminal that closes is no reason to end."""
    code = (
        "import signal, os; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "from se_cost.cli.signals import as_ctrl_c\n"
        "with as_ctrl_c(): os.kill(os.getpid(), signal.SIGHUP); print('goes on')"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert result.stdout == "goes on\n"


def test_a_report_keeps_what_was_counted(start: Callable[..., Running], tmp_path: Path) -> None:
    """Ctrl-C while it counts: at once, with the counts on paper, and exit 130."""
    running = start("report", *SLOW, "--output", "page.md")
    wait(running.others)
    begun = time.monotonic()
    code, said, warned = running.end(signal.SIGINT)
    assert code == 130, warned
    assert time.monotonic() - begun < 20
    assert "beside ResNet-152" in said
    assert "interrupted: this is what was finished" in warned
    assert "Parameters" in (tmp_path / "page.md").read_text()


@pytest.mark.parametrize(
    "words",
    ["time --nproc 99999 --batch 99999", "time --threads 99999999999", "explain --threads 99999"],
)
def test_more_processes_or_threads_than_cores(tmp_path: Path, words: str) -> None:
    """One line that names the most; nothing is started."""
    result = subprocess.run(
        [sys.executable, "-m", "se_cost", *words.split(), "--device", "cpu"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert f"at most {os.cpu_count()}, the cores of this machine" in result.stderr
    assert result.stderr.count("\n") == 1
