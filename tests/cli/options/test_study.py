"""Whose figures can be asked for."""

from se_cost.cli.options.study import STUDY
from se_cost.paper.studies import STUDIES


def test_every_study_is_offered() -> None:
    """SE's is usual."""
    assert tuple(STUDY.type.choices) == ("se", *STUDIES)
    assert STUDY.default == "se"
