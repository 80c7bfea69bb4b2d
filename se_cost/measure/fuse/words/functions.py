"""Functions that a forward calls, as modules: what is given to them beside the map is constant.

What an argument means is guessed where it depends on the size of the map (a pooling by `x.size(2)`
takes it whole); whoever uses the modules holds them against the forward.
"""

from torch import nn
from torch.fx import Node

SUMS = ("add", "iadd", "add_")
PRODUCTS = ("mul", "imul", "mul_")
STACKS = ("cat", "concat", "concatenate")
OVERWRITING = ("iadd", "add_")  # a gate overwrites its map once the factor is made
FLATTENING = ("view", "reshape", "flatten")
RESHAPES = (
    *FLATTENING,
    *("unsqueeze", "squeeze", "expand", "expand_as", "transpose", "permute", "contiguous"),
)
IN_PLACE: dict[str, type[nn.Module]] = {
    "relu": nn.ReLU,
    "relu6": nn.ReLU6,
    "silu": nn.SiLU,
    "hardswish": nn.Hardswish,
    "hardsigmoid": nn.Hardsigmoid,
}
OTHERS: dict[str, type[nn.Module]] = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh}
PLANE = ({2, 3}, {-1, -2})  # dimensions of a map's height and width


class NotInWordsError(Exception):
    """A forward that is more than layers, sums, stacks and gates; says why."""


class Reshaped(nn.Identity):
    """Stands for a function that only looks at its input in another shape."""

    def __init__(self, flattens: bool) -> None:
        super().__init__()
        self.flattens = flattens


def name(node: Node) -> str:
    """Return the name of the function or method that a node calls."""
    target = node.target
    return target if isinstance(target, str) else getattr(target, "__name__", str(target))


def is_size(node: Node) -> bool:
    """Return whether a node makes sizes, not maps."""
    if node.op not in ("call_function", "call_method"):
        return False
    match name(node):
        case "size" | "dim" | "getattr":
            return True
        case "getitem":
            return all(map(is_size, node.all_input_nodes))
        case _:
            return bool(node.all_input_nodes) and all(map(is_size, node.all_input_nodes))


def operands(node: Node) -> list[Node]:
    """Return the maps that a node reads, an operand that is read twice twice."""
    maps = [given for given in _given(node) if not is_size(given)]
    return maps[:1] if node.op != "call_module" and name(node) in RESHAPES else maps


def _given(node: Node) -> list[Node]:
    """Return the nodes among the arguments, those in a list of maps included."""
    first = node.args[0] if node.args else ()
    args = (*first, *node.args[1:]) if isinstance(first, list | tuple) else node.args
    return [given for given in (*args, *node.kwargs.values()) if isinstance(given, Node)]


def function(node: Node) -> nn.Module:
    """Return the module of a function of one map; raise NotInWordsError if there is none."""
    called = name(node)
    plain = called.removesuffix("_")
    if plain in IN_PLACE:
        return IN_PLACE[plain](overwrites(node))
    if plain in OTHERS:
        return OTHERS[plain]()
    if called in RESHAPES:
        return Reshaped(called in FLATTENING)
    match called:
        case "getitem" if _unsqueezes(node):
            return Reshaped(False)
        case "dropout" if node.kwargs.get("training", True) is False:
            return nn.Identity()
        case "mean" if _dimensions(node) in PLANE:
            pool = nn.AdaptiveAvgPool2d(1)
            return pool if _keeps(node) else nn.Sequential(pool, nn.Flatten())
        case "adaptive_avg_pool2d":
            return nn.AdaptiveAvgPool2d(_size(node))
        case "adaptive_max_pool2d":
            return nn.AdaptiveMaxPool2d(_size(node))
        case "avg_pool2d" if len(node.all_input_nodes) > 1:
            return nn.AdaptiveAvgPool2d(1)
        case _:
            raise NotInWordsError(f"its forward calls {called}")


def _unsqueezes(node: Node) -> bool:
    """Return whether an index takes all that there is, and at most adds dimensions of one."""
    index = node.args[1] if isinstance(node.args[1], tuple) else (node.args[1],)
    return all(part is None or part is ... or part == slice(None) for part in index)


def overwrites(node: Node) -> bool:
    """Return whether a function writes its output over its first operand."""
    if node.op == "call_module":
        return False
    called = name(node)
    if called in OVERWRITING or (called.endswith("_") and called.removesuffix("_") in IN_PLACE):
        return True
    return called in IN_PLACE and bool(node.kwargs.get("inplace", node.args[1:2] == (True,)))


def _dimensions(node: Node) -> set[int]:
    given = node.kwargs.get("dim", node.args[1] if len(node.args) > 1 else ())
    listed = given if isinstance(given, tuple | list) else (given,)
    return {dimension for dimension in listed if isinstance(dimension, int)}


def _keeps(node: Node) -> bool:
    return bool(node.kwargs.get("keepdim", node.args[2:3] == (True,)))


def _size(node: Node) -> int | tuple[int, int]:
    """Return the output size of a pooling; of the whole map if it is anything else."""
    match node.kwargs.get("output_size", node.args[1] if len(node.args) > 1 else 1):
        case int() as size:
            return size
        case [int() as height, int() as width]:
            return height, width
        case _:
            return 1
