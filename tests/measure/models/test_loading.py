"""Models of the user's: what a spec names, what is refused, and what stays as it was."""

import sys
from pathlib import Path

import pytest
from torch import nn

from se_cost.errors import MeasurementError, SeCostError, UsageError
from se_cost.measure.models.loading import load
from se_cost.nets.imported import Imported

FOLDER = Path(__file__).parents[2] / "data" / "models"
FILE = FOLDER / "nets.py"
SHAPE = (3, 32, 32)


def of(name: str, **rest: object) -> Imported:
    """Return a model of the file."""
    return Imported(spec=f"{FILE}:{name}", **{"input": SHAPE, **rest})  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _path(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the modules and folders that a test adds."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "nets", raising=False)


def test_a_class_a_factory_and_a_module_object() -> None:
    """What is no module yet is called, with its arguments."""
    assert sum(p.numel() for p in load(of("Net")).module.parameters()) == 69_090
    wide = load(of("Net", arguments=(("width", 8), ("r", 2))))
    assert wide.module.get_submodule("one.se.reduce").weight.shape == (4, 8)
    assert isinstance(load(of("module")).module, nn.Module)


def test_it_is_in_evaluation_mode_and_on_meta_if_asked() -> None:
    """Shapes without values take no memory."""
    loaded = load(of("Net"), meta=True)
    assert not loaded.module.training
    assert all(p.is_meta for p in loaded.module.parameters())


def test_a_module_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the folder that is named, else from the current one."""
    spec = Imported(spec="nets:Net", app_dir=str(FOLDER), input=SHAPE)
    assert load(spec).module.get_submodule("one.se") is not None
    monkeypatch.delitem(sys.modules, "nets", raising=False)
    monkeypatch.chdir(FOLDER)
    assert load(Imported(spec="nets:Net", input=SHAPE)).model.input == SHAPE


def test_the_input_that_a_model_says_it_takes() -> None:
    """It need not be said again; what is said wins."""
    assert load(of("Sized", input=())).model.input == (3, 48, 48)
    assert load(of("Sized", input=(3, 8, 8))).model.input == (3, 8, 8)


@pytest.mark.parametrize(
    ("spec", "kind", "message"),
    [
        ("Net", UsageError, "names nothing to build: write timm:NAME"),
        (f"{FILE}:Nett", UsageError, "nets has no 'Nett'; did you mean Net?"),
        ("there/is/none.py:Net", UsageError, "there is no file 'there/is/none.py'"),
        ("nothing_like_it:Net", UsageError, "no module named 'nothing_like_it'; --app-dir names"),
        (f"{FILE}:needs", UsageError, "needs 'width': say --model-arg width=VALUE"),
        (f"{FILE}:listed", MeasurementError, "gives a list, no torch.nn.Module"),
        (f"{FILE}:number", MeasurementError, "gives a int, no torch.nn.Module"),
        (f"{FILE}:quits", MeasurementError, "ended with exit code 5"),
        (f"{FILE}:fails", MeasurementError, "ValueError: no such width (nets.py:"),
        ("pytorchcv_is_no_library:x", UsageError, "no module named"),
    ],
)
def test_refusals_are_one_line(spec: str, kind: type[SeCostError], message: str) -> None:
    """They name what is wrong, and the line of the user's code."""
    with pytest.raises(kind) as refused:
        load(Imported(spec=spec, input=SHAPE))
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_size_that_is_not_known() -> None:
    """It must be said."""
    with pytest.raises(UsageError, match="say --input 3x224x224"):
        load(of("Net", input=()))


def test_a_library_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """It can be installed."""
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(MeasurementError, match=r"cannot import timm: .*pip install timm"):
        load(Imported(spec="timm:resnet50"))


def test_a_library_builds_without_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each by its own factory."""
    (tmp_path / "timm.py").write_text(
        "from torch import nn\n"
        "def create_model(name, pretrained, **rest):\n"
        "    assert not pretrained\n"
        "    net = nn.Sequential(nn.Conv2d(3, rest.get('width', 4), 3))\n"
        "    net.default_cfg = {'input_size': (3, 9, 9)}\n"
        "    return net\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "timm", raising=False)
    loaded = load(Imported(spec="timm:any", arguments=(("width", 6),)))
    monkeypatch.delitem(sys.modules, "timm", raising=False)
    assert loaded.model.input == (3, 9, 9)
    assert loaded.module[0].weight.shape[0] == 6  # type: ignore[index]


def test_torchvision_fetches_no_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither those of a model, nor those of the network within it, unless they are asked for."""
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / "__init__.py").touch()
    (tmp_path / "torchvision" / "models.py").write_text(
        "from torch import nn\n"
        "def whole(weights='all'): return nn.Conv2d(1, 2, 1) if weights is None else 0\n"
        "def parts(weights=None, weights_backbone='all'):\n"
        "    return nn.Conv2d(1, 3, 1) if weights_backbone is None else weights_backbone\n"
        "def get_model_builder(name): return globals()[name]\n"
        "def get_model(name, **given): return globals()[name](**given)\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("torchvision", "torchvision.models"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    for name, width in (("whole", 2), ("parts", 3)):
        assert load(Imported(spec=f"torchvision:{name}")).module.out_channels == width
    asked = Imported(spec="torchvision:parts", arguments=(("weights_backbone", "mine"),))
    with pytest.raises(MeasurementError, match="gives a str"):
        load(asked)
    with pytest.raises(MeasurementError, match="building torchvision:none failed: KeyError"):
        load(Imported(spec="torchvision:none"))
    for name in ("torchvision", "torchvision.models"):
        monkeypatch.delitem(sys.modules, name, raising=False)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("needs", (("widht", 3), ("width", 8)), "argument of .*'widht' is unknown.*mean width"),
        ("listed", (("width", 8),), "takes no arguments: leave out --model-arg width"),
    ],
)
def test_arguments_that_a_factory_does_not_know(
    name: str, arguments: tuple[tuple[str, int], ...], message: str
) -> None:
    """They are refused before anything is built, with the nearest that it does know."""
    with pytest.raises(UsageError, match=message):
        load(of(name, arguments=arguments))


def test_a_file_is_imported_as_that_file(tmp_path: Path) -> None:
    """Whatever other module has its name: one of another folder, or of Python itself."""
    for folder, width in (("a", 3), ("b", 5)):
        (tmp_path / folder).mkdir()
        for name in ("nets", "types"):
            text = f"from torch import nn\n\nNet = lambda: nn.Conv2d(1, {width}, 1)\n"
            (tmp_path / folder / f"{name}.py").write_text(text)
    for name in ("nets", "types"):
        for folder, width in (("a", 3), ("b", 5), ("a", 3)):
            spec = Imported(spec=f"{tmp_path / folder / name}.py:Net", input=SHAPE)
            assert load(spec).module.out_channels == width


def test_a_module_object_is_copied() -> None:
    """Attention is taken out of the copy, so every arm begins with the whole."""
    first, second = (load(of("module")).module for _ in range(2))
    assert first is not second
    assert all(p.is_meta for p in load(of("module"), meta=True).module.parameters())
    assert not any(p.is_meta for p in load(of("module")).module.parameters())
