"""What a model of the user's is fed: for as many images as are asked for."""

import sys
from pathlib import Path

import pytest
import torch

from se_cost.measure.models.costs import resolved
from se_cost.measure.models.feeding import batched, shapes
from se_cost.measure.models.importing import main_name
from se_cost.measure.models.loading import load
from se_cost.measure.steps.steps import data
from se_cost.measure.timing.settings import DType, MemoryFormat, Settings
from se_cost.nets.imported import Imported

FILE = Path(__file__).parents[2] / "data" / "models" / "nets.py"
CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the modules and folders that a test adds."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "nets", raising=False)


@pytest.mark.parametrize(
    ("number", "expected"), [(1, [0]), (2, [0, 1]), (3, [0, 1, 2]), (7, [0, 1, 2, 0, 1, 2, 0])]
)
def test_a_batch_is_cut_or_repeated(number: int, expected: list[int]) -> None:
    """Of every tensor that has one, however deep; others, and what is no tensor, stay."""
    images = torch.arange(3)
    grid = torch.arange(5)
    given = (images, {"more": [images[:, None], grid]}, torch.tensor(3), "word", None)
    first, inner, scalar, *rest = batched(given, number)
    assert first.tolist() == expected
    assert inner["more"][0].flatten().tolist() == expected
    assert inner["more"][1] is grid
    assert (scalar.item(), rest) == (3, ["word", None])
    assert first is not images  # a network may write to it
    assert shapes(batched((torch.empty(1, 3, 8, 8, device="meta"),), number)) == ((3, 8, 8),)


def test_what_is_timed_has_its_types() -> None:
    """Images are of the type and layout that is asked for, whole numbers stay whole."""
    spec, inputs = f"{FILE}:Looked", f"{FILE}:image_and_words"
    model = resolved(Imported(spec=spec, inputs=inputs))
    settings = Settings(batch=4, dtype=DType.BFLOAT16, layout=MemoryFormat.NHWC)
    batch = data(model, settings, CPU)
    images, words = batch.given
    assert batch.images is images
    assert (images.shape, images.dtype) == ((4, 3, 8, 8), torch.bfloat16)
    assert images.is_contiguous(memory_format=torch.channels_last)
    assert words.dtype == torch.int64
    assert words.tolist() == [[0, 1], [2, 3], [4, 4], [0, 1]]


def test_shapes_alone_are_random_images() -> None:
    """The same for every arm, from the seed."""
    model = resolved(Imported(spec=f"{FILE}:Two", input=(3, 16, 16), others=((5,),)))
    drawn = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        drawn.append(data(model, Settings(batch=64), CPU).given)
    assert [tuple(one.shape) for one in drawn[0]] == [(64, 3, 16, 16), (64, 5)]
    assert torch.equal(drawn[0][0], drawn[1][0])
    assert not torch.equal(drawn[0][0], drawn[2][0])
    assert abs(drawn[0][0].std().item() - 1) < 0.05


def test_a_folder_is_on_the_path_once() -> None:
    """However often a model is built."""
    for _ in range(3):
        load(Imported(spec=f"{FILE}:Plain", input=(3, 8, 8)))
    assert sys.path.count(str(FILE.parent)) == 1


def test_the_main_program_is_not_imported_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of its file is the one that is there; without file and name there is none."""
    main = sys.modules["__main__"]
    monkeypatch.setattr(main, "__spec__", None)
    monkeypatch.setattr(main, "__file__", str(FILE), raising=False)
    assert main_name() == str(FILE)
    monkeypatch.setattr(main, "Net", torch.nn.Identity, raising=False)
    loaded = load(Imported(spec=f"{FILE}:Net", input=(3, 8, 8)))
    assert isinstance(loaded.module, torch.nn.Identity)
    for other in ("program", None):
        monkeypatch.setattr(main, "__file__", other)
        assert main_name() == ""
