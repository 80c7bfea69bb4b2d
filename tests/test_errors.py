"""Ctrl-C stays Ctrl-C, whatever a library makes of it."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from se_cost.cli import main
from se_cost.errors import UsageError, ctrl_c_unmasked


def masked(*_: object, **__: object) -> None:
    """Fail as torch does if Ctrl-C comes while a mode is put on its stack."""
    try:
        try:
            raise KeyboardInterrupt
        finally:
            raise RuntimeError("trying to pop from empty mode stack")
    except RuntimeError as error:
        raise UsageError(f"torch cannot build this: {error}") from None


def test_what_a_library_made_of_ctrl_c_is_ctrl_c() -> None:
    """However many errors were raised on top of it."""
    with pytest.raises(KeyboardInterrupt), ctrl_c_unmasked():
        masked()


def test_other_errors_are_left_alone() -> None:
    """Also those raised while another was handled."""

    def fail() -> None:
        try:
            raise KeyError("x")
        except KeyError:
            raise UsageError("no such") from None

    with pytest.raises(UsageError, match="no such"), ctrl_c_unmasked():
        fail()


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("se_cost.measure.counting.parameters.built", "this is what was finished"),
        ("se_cost.cli.report.found", "interrupted before anything was finished"),
    ],
)
def test_a_report_is_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, said: str
) -> None:
    """With exit code 130, not as bad input; what is written is not the repository's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(place, masked)
    result = CliRunner().invoke(main, ["report", "--arch", "se_resnet18", "--input", "64"])
    assert result.exit_code == 130
    assert said in result.stderr
