"""Iterations of a model of the user's: what it prints, and how it fails."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from se_cost.errors import MeasurementError, SeCostError
from se_cost.measure.models.guard import default_device_kept, printed_aside
from se_cost.measure.models.told import told
from se_cost.measure.timing.settings import Mode, Settings
from se_cost.nets.imported import Imported
from se_cost.nets.model import Model


@contextmanager
def expected_to_run(models: Iterable[Model], settings: Settings) -> Iterator[None]:
    """Raise MeasurementError, in one line, where a model of the user's cannot be built or run.

    What it prints goes to stderr, and the default device stays what it was.
    """
    yours = [model for model in models if isinstance(model, Imported)]
    if not yours:
        yield
        return
    way = "be trained" if settings.mode is Mode.TRAIN else "run"
    said = f"{yours[0].spec} cannot {way} with a batch of {settings.batch} in {settings.dtype}"
    try:
        with printed_aside(), default_device_kept():
            yield
    except SeCostError:
        raise
    except SystemExit as error:
        raise MeasurementError(f"{said}: it ended with exit code {error.code}") from None
    except Exception as error:
        raise MeasurementError(f"{said}: {told(error)}") from None
