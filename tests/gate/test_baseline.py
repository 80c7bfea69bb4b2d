"""The file of the baseline: its text, its updates, and what can go wrong with it."""

import fcntl
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gate.budgeted import LEANER, RICHER, SMALL, elsewhere, entry, params_of, timed, written
from se_cost.errors import UsageError
from se_cost.gate import baseline
from se_cost.gate.baseline import read, update
from se_cost.gate.check import check
from se_cost.gate.entry import counted
from se_cost.nets.zoo.model import model


def names(folder: Path) -> list[str]:
    """Return the names of all files in a folder."""
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of a baseline that holds two networks."""
    path = tmp_path / "base.json"
    update(path, {"b": counted(SMALL), "a": counted(RICHER)})
    return path


def test_what_was_written_is_read(file: Path) -> None:
    """Counts come back as they were, by name."""
    assert read(file) == {"a": counted(RICHER), "b": counted(SMALL)}
    assert names(file.parent) == ["base.json"]


def test_one_figure_to_a_line(file: Path) -> None:
    """A changed figure is a changed line: no line holds two."""
    lines = file.read_text().splitlines()
    assert f'        "network": {params_of(SMALL).network},' in lines
    assert sum('"stage": 2' in line for line in lines) == 2
    assert max(line.count(": ") for line in lines) == 1
    assert file.read_text().endswith("}\n")


def test_order_is_by_name_whatever_that_of_updates(tmp_path: Path) -> None:
    """The same figures make the same bytes, however they came in."""
    one, other = tmp_path / "one", tmp_path / "other"
    update(one, {"a": counted(SMALL)})
    update(one, {"c": counted(RICHER), "b": counted(LEANER)})
    update(other, {"b": counted(LEANER), "c": counted(RICHER), "a": counted(SMALL)})
    assert one.read_bytes() == other.read_bytes()
    assert list(json.loads(one.read_text())["networks"]) == ["a", "b", "c"]


def test_update_leaves_other_networks_as_they_are(file: Path) -> None:
    """Even what this version does not know of them stays."""
    document = json.loads(file.read_text())
    document["networks"]["a"]["energy"] = {"joules": [1, 2], "list": [], "long": ["x" * 200, {}]}
    file.write_text(json.dumps(document))
    update(file, {"b": counted(LEANER)})
    after = json.loads(file.read_text())["networks"]
    assert after["a"] == document["networks"]["a"]
    assert read(file)["b"] == counted(LEANER)


def test_an_update_without_a_change_changes_nothing(file: Path) -> None:
    """The text is the same to the byte."""
    before = file.read_bytes()
    update(file, {"a": counted(RICHER)})
    assert file.read_bytes() == before


def test_update_keeps_the_times_of_other_machines(file: Path) -> None:
    """A network that is counted again keeps what was timed of it, unless its model changed."""
    here, there = timed(), elsewhere(timed(), device_name="another")
    update(file, {"b": entry(SMALL, here)})
    update(file, {"b": entry(SMALL, there)})
    update(file, {"b": counted(SMALL)})
    assert {time.environment.device_name for time in read(file)["b"].times} == {
        *("another", here.environment.device_name),
    }
    update(file, {"b": counted(RICHER)})
    assert read(file)["b"].times == ()


def test_names_come_back_whatever_they_are(tmp_path: Path) -> None:
    """Quotes, pipes and other alphabets in a name come back from the file."""
    path = tmp_path / "base.json"
    odd = ('a"b', "a|`b`", "<script>", "Straße", "网", "a\\u0041")
    update(path, {name: counted(SMALL) for name in odd})
    assert set(read(path)) == set(odd)


def test_two_updates_at_once_lose_nothing(tmp_path: Path) -> None:
    """Many processes that each write their own network: all of them are there in the end."""
    path = tmp_path / "base.json"
    code = (
        "import sys; from pathlib import Path; from se_cost.nets.zoo.model import model\n"
        "from se_cost.gate.baseline import update\n"
        "from se_cost.gate.entry import counted\n"
        "entry = counted(model('se_resnet18')); input()\n"
        "for i in range(20): update(Path(sys.argv[1]), {sys.argv[2] + str(i): entry})"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, path, name], stdin=subprocess.PIPE)
        for name in "abc"
    ]
    for writer in writers:
        assert writer.stdin
        writer.stdin.write(b"\n")  # all of them are ready: go
        writer.stdin.flush()
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert len(read(path)) == 60
    assert names(tmp_path) == ["base.json"], "no lock and no temporary file is left"


def hold(folder: Path) -> int:
    """Lock a folder as an update does; closing what is returned lets go."""
    held = os.open(folder, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    return held


def test_an_update_waits_for_another(file: Path) -> None:
    """While another holds the lock nothing is written; when it lets go the update goes on."""
    held = hold(file.parent)
    before = file.read_bytes()
    waiting = threading.Thread(target=update, args=(file, {"b": counted(LEANER)}))
    waiting.start()
    waiting.join(0.1)
    assert waiting.is_alive()
    assert file.read_bytes() == before
    os.close(held)
    waiting.join(30)
    assert read(file)["b"] == counted(LEANER)


def test_an_update_does_not_wait_for_ever(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the other never lets go, that is said, and the file is left alone."""
    monkeypatch.setattr(baseline, "PATIENCE", 0.02)
    held = hold(file.parent)
    before = file.read_bytes()
    with pytest.raises(UsageError, match=r"base\.json' is being written by another se-cost"):
        update(file, {"b": counted(LEANER)})
    os.close(held)
    assert file.read_bytes() == before


def test_a_folder_that_cannot_be_locked(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system without locks is named as the trouble."""

    def fail(*given: Any) -> None:
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(fcntl, "flock", fail)
    with pytest.raises(UsageError, match=r"cannot write .*: Function not implemented"):
        update(file, {"b": counted(LEANER)})


def test_without_locks_there_is_still_an_update(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a system that has none the file is written all the same, whole."""
    monkeypatch.setattr(baseline, "POSIX", False)
    update(file, {"b": counted(LEANER)})
    assert read(file)["b"] == counted(LEANER)


def test_a_folder_in_the_place_of_the_file(tmp_path: Path) -> None:
    """It cannot be read, and is left alone."""
    for attempt in (lambda: read(tmp_path), lambda: update(tmp_path, {"a": counted(SMALL)})):
        with pytest.raises(UsageError, match=r"cannot read .*: Is a directory"):
            attempt()


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    """It is not made, but named."""
    with pytest.raises(UsageError, match=r"cannot write .*missing.*: No such file"):
        update(tmp_path / "missing" / "base.json", {"a": counted(SMALL)})


@pytest.mark.parametrize(
    ("number", "reason"), [(28, "No space left on device"), (13, "Permission denied")]
)
def test_a_write_that_fails_loses_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    """A full disk or a folder that may not be written to: the old file is whole, and alone."""
    before = file.read_bytes()
    real = Path.write_text

    def fail(self: Path, data: str, **given: Any) -> int:
        if number == 28:
            real(self, data[: len(data) // 2], **given)  # half of it still fits
        raise OSError(number, reason)

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(UsageError, match=f"cannot write .*: {reason}"):
        update(file, {"c": counted(LEANER)})
    assert file.read_bytes() == before
    assert names(file.parent) == ["base.json"]


NUMBER = f'"network": {params_of(RICHER).network}'
BROKEN: dict[str, Callable[[str], str]] = {
    "truncated": lambda text: text[: len(text) // 2],
    "emptied": lambda text: "",
    "of a later version": lambda text: text.replace('"schema_version": 1', '"schema_version": 2'),
    "of another command": lambda text: text.replace('"baseline"', '"params"'),
    "edited": lambda text: text.replace('"network": ', '"network": "about" + '),
    "a wrong figure": lambda text: text.replace('"plain": ', '"plain": -'),
    "a total that is no sum": lambda text: text.replace(NUMBER, f"{NUMBER[:-1]}1"),
    "an absurd figure": lambda text: text.replace(NUMBER, f"{NUMBER}{'0' * 20}"),
    "a network twice": lambda text: text.replace('"b": {', '"a": {'),
    "in conflict": lambda text: text.replace('    "b"', '<<<<<<< HEAD\n    "b"'),
    "half a character": lambda text: text.replace('"se_resnet18"', '"se_\\ud800"'),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_and_left_alone(file: Path, name: str) -> None:
    """Neither reading nor an update goes on with a file that cannot be trusted."""
    whole = file.read_text()
    broken = BROKEN[name](whole)
    assert broken != whole
    file.write_text(broken)
    before = file.read_bytes()
    for attempt in (lambda: read(file), lambda: update(file, {"a": counted(SMALL)})):
        with pytest.raises(UsageError) as refused:
            attempt()
        message = str(refused.value)
        assert "base.json" in message
        assert "\n" not in message
    assert file.read_bytes() == before


def test_a_total_that_is_not_the_sum_of_its_stages(file: Path) -> None:
    """Figures that contradict each other are nobody's, and the network is named."""
    count = params_of(SMALL)
    text = file.read_text().replace(str(count.network), str(count.network + 1))
    file.write_text(text)
    with pytest.raises(
        UsageError,
        match=r"base\.json', network 'b': the stages sum to 11,778,592, but the network has "
        r"11,778,593 - at `\$\.networks\[\.\.\.\]\.params`$",
    ):
        read(file)


def test_what_to_do_about_a_broken_file(file: Path) -> None:
    """The error ends in the way out."""
    file.write_text(file.read_text()[:-20])
    with pytest.raises(UsageError, match="take it back from git, or delete it and run `se-cost c"):
        read(file)


def test_another_document_is_no_baseline(tmp_path: Path) -> None:
    """What `check` prints is read by `diff`, but is no baseline."""
    path = written(tmp_path / "check.json", check([], {"a": entry()}, {}))
    for attempt in (lambda: read(path), lambda: update(path, {"a": entry()})):
        with pytest.raises(UsageError, match="is no baseline: `se-cost check --update` writes one"):
            attempt()


def test_a_plain_network_has_no_attention(tmp_path: Path) -> None:
    """A network without attention can be held by a baseline like any other."""
    update(tmp_path / "base.json", {"plain": counted(model("resnet18"))})
    assert read(tmp_path / "base.json") == {"plain": counted(model("resnet18"))}
