"""A file as a revision of git has it."""

import subprocess
from pathlib import Path

import pytest

from se_cost.errors import MeasurementError, UsageError
from se_cost.gate.git import file_at


def git(folder: Path, *words: str) -> None:
    """Run git as somebody, whatever the machine is set to."""
    who = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", folder, *who, *words], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with a file in a folder, committed twice."""
    folder = tmp_path / "sub"
    folder.mkdir()
    git(tmp_path, "init", "-q", "-b", "main")
    for text in ("first", "second"):
        (folder / "a.json").write_text(text)
        git(tmp_path, "add", ".")
        git(tmp_path, "commit", "-qm", text)
    (folder / "a.json").write_text("not committed")
    return folder


@pytest.mark.parametrize(
    ("revision", "text"), [("HEAD", b"second"), ("main", b"second"), ("HEAD~1", b"first")]
)
def test_what_was_committed(repository: Path, revision: str, text: bytes) -> None:
    """The revision counts, not the working tree; the path is relative to anywhere."""
    assert file_at(revision, repository / "a.json") == text


def test_relative_paths(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file beside oneself is found, within a folder of the repository too."""
    monkeypatch.chdir(repository)
    assert file_at("HEAD", Path("a.json")) == b"second"


@pytest.mark.parametrize("revision", ["--help", "-h", "--output=x", "a\x1b[2Jb", "a\0b"])
def test_what_never_gets_to_git(repository: Path, revision: str) -> None:
    """It would be taken for an option, or cannot be an argument at all."""
    with pytest.raises(UsageError, match="cannot be the name of a revision") as refused:
        file_at(revision, repository / "a.json")
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("revision", ["nowhere", "", "HEAD:sub", "a b", "@{9}"])
def test_revisions_that_are_none(repository: Path, revision: str) -> None:
    """What git does not know as a commit is bad input, on one harmless line."""
    with pytest.raises(UsageError, match=r"git finds no revision .* shallow clone") as refused:
        file_at(revision, repository / "a.json")
    assert str(refused.value).isprintable()


def test_no_repository(tmp_path: Path) -> None:
    """git's own reason is passed on."""
    with pytest.raises(UsageError, match="not a git repository"):
        file_at("HEAD", tmp_path / "a.json")


def test_a_file_that_was_not_there(repository: Path) -> None:
    """Nothing to compare with is no bad input, and no success."""
    with pytest.raises(
        MeasurementError, match=r"nothing to compare: b\.json is not in revision 'HEAD'"
    ):
        file_at("HEAD", repository / "b.json")


def test_no_git(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without git is told so."""
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match="cannot run git: No such file"):
        file_at("HEAD", repository / "a.json")
