"""Files are written whole or not at all."""

import os
import threading
from pathlib import Path

import pytest

from se_cost.errors import UsageError
from se_cost.files import expect_writable, write

needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


def names(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return [path.name for path in folder.iterdir()]


def test_write_makes_and_replaces_a_file(tmp_path: Path) -> None:
    """The text is there in UTF-8, whatever was there before, and nothing beside it."""
    path = tmp_path / "answer.md"
    write(path, "first, and longer")
    write(path, "Σ N·C²\n")
    assert path.read_bytes() == "Σ N·C²\n".encode()
    assert names(tmp_path) == ["answer.md"]


def test_a_failing_rename_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the last step fails, the old text is still whole and no temporary file is left."""
    path = tmp_path / "answer.md"
    path.write_text("old")

    def fail(self: Path, target: Path) -> Path:
        assert self.read_text() == "new", "the text is complete before it takes the name"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(UsageError, match=r"cannot write .*answer\.md': No space left on device"):
        write(path, "new")
    assert path.read_text() == "old"
    assert names(tmp_path) == ["answer.md"]


def test_a_failing_write_leaves_nothing(tmp_path: Path) -> None:
    """Text that cannot be encoded is refused, and no half of it stays."""
    with pytest.raises(UsageError, match="cannot write"):
        write(tmp_path / "answer.md", "fine, then \udcff")
    assert names(tmp_path) == []


def test_write_into_a_missing_folder(tmp_path: Path) -> None:
    """A folder that is not there is not made, but named."""
    with pytest.raises(UsageError, match=r"missing.*No such file or directory"):
        write(tmp_path / "missing" / "x.md", "text")
    assert names(tmp_path) == []


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_a_link(tmp_path: Path, there: bool) -> None:
    """Its target is written, in the target's own folder, whether it is there yet or not."""
    folder, link = tmp_path / "folder", tmp_path / "answer.md"
    folder.mkdir()
    target = folder / "target.md"
    if there:
        target.write_text("old")
    link.symlink_to(Path("folder") / "target.md")
    expect_writable(link)
    write(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert sorted(names(tmp_path)) == ["answer.md", "folder"]
    assert names(folder) == ["target.md"]


def test_a_link_into_a_missing_folder(tmp_path: Path) -> None:
    """It is an error that names the link, and the link is still there."""
    link = tmp_path / "answer.md"
    link.symlink_to(tmp_path / "missing" / "x.md")
    for attempt in (expect_writable, lambda path: write(path, "text")):
        with pytest.raises(UsageError, match=r"cannot write .*answer\.md': No such file"):
            attempt(link)
    assert link.is_symlink()


def test_write_through_a_link_to_a_device(tmp_path: Path) -> None:
    """The device gets the text; neither it nor the link is replaced by a file."""
    link = tmp_path / "out"
    link.symlink_to(os.devnull)
    expect_writable(link)
    write(link, "text")
    assert link.is_symlink()
    assert Path(os.devnull).is_char_device()


def test_write_to_a_pipe(tmp_path: Path) -> None:
    """A pipe gets the text and stays a pipe: it is not replaced by a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    write(pipe, "through")
    reader.join(timeout=10)
    assert got == ["through"]
    assert pipe.is_fifo()


@needs_full
def test_no_space_on_a_device() -> None:
    """A full device is one clear error, and is still there."""
    with pytest.raises(UsageError, match="cannot write '/dev/full': No space left on device"):
        write(Path("/dev/full"), "text")
    assert Path("/dev/full").is_char_device()


def test_expect_writable_leaves_all_as_it_was(tmp_path: Path) -> None:
    """The check neither makes a file nor touches the text of one that is there."""
    expect_writable(tmp_path / "new.md")
    old = tmp_path / "old.md"
    old.write_text("old")
    expect_writable(old)
    assert old.read_text() == "old"
    assert names(tmp_path) == ["old.md"]


def test_expect_writable_makes_folders_only_if_asked(tmp_path: Path) -> None:
    """A report makes the folder it goes to; other commands say that it is missing."""
    path = tmp_path / "a" / "b" / "x.md"
    with pytest.raises(UsageError, match="No such file or directory"):
        expect_writable(path)
    assert names(tmp_path) == []
    expect_writable(path, make_folder=True)
    assert path.parent.is_dir()
    assert names(path.parent) == []


def test_expect_writable_refuses_a_folder(tmp_path: Path) -> None:
    """A folder is no file to write to."""
    with pytest.raises(UsageError, match="Is a directory"):
        expect_writable(tmp_path)


def test_expect_writable_takes_a_device() -> None:
    """A device that takes text is fine."""
    expect_writable(Path(os.devnull))
    assert Path(os.devnull).is_char_device()


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_a_name_that_no_file_can_have(tmp_path: Path, name: str) -> None:
    """Names that the system refuses are an error, not a crash."""
    with pytest.raises(UsageError, match="cannot write"):
        expect_writable(tmp_path / name)
