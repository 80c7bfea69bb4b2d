"""Every option there is, and by its key in pyproject.toml; no command need be imported for it."""

from collections.abc import Mapping

from se_cost.cli.options import (
    alternatives,
    baseline,
    budget,
    fuse,
    measure,
    model,
    output,
    plan,
    protocol,
    settings,
    study,
)
from se_cost.cli.options.option import Option

OPTIONS: tuple[Option, ...] = (
    *model.MODEL,
    *(study.STUDY, study.TABLE),
    *(alternatives.COMPARED, alternatives.SORT),
    *settings.SETTINGS,
    *(measure.MEASURE, measure.TIME, measure.ALTERNATIVES),
    *(fuse.HOW, fuse.COMPARE, fuse.SAVE),
    *protocol.TABLE,
    *(protocol.RESUME, protocol.LADDER, protocol.FUSE, protocol.SELF_CHECK, protocol.ENERGY),
    *(*budget.LIMITS, budget.NAME),
    *(*plan.OWN_OPTIONS, *plan.KEPT, *plan.MACHINE),
    *(baseline.BASELINE, baseline.FROM, baseline.UPDATE, baseline.REQUIRE_TIME, baseline.AGAINST),
    *(output.FORMAT, output.FILE, output.FIGURE, output.QUIET, output.VERBOSE, output.NO_COLOR),
)
KEYS: Mapping[str, Option] = {option.word: option for option in OPTIONS if option.key}
