"""Which activations autograd saves for the backward pass, as a reading of rows; eager PyTorch.

An activation is named by the path of the row that writes it. Convolutions, norms, FCs, products
and pools over windows save their input, ReLU, sigmoid, tanh and softmax their output, a standard
deviation both, a mean and a sum nothing.
"""

from collections.abc import Iterable, Mapping

from se_cost.ledger.rows import VIEWS, Ledger, Row

NOTHING = (
    *("global_avg_pool", "column_sum", "channel_avg_pool", "channel_max_pool", "energy"),
    *("add", "shift", "plus", "concat", "columns", "upsample_nearest", "upsample_bilinear"),
    *("profiles", "stretch", "shuffle", "constant", "pad", "dropout", *VIEWS),
)
OUTPUT = ("relu", "sigmoid", "tanh", "softmax")
BOTH = ("global_std",)


def saved(network: Ledger) -> frozenset[str]:
    """Return the paths of the activations that are saved in training."""
    views = {row.path: row.reads[0] for row in network.rows if row.op in VIEWS}
    return frozenset(_written(path, views) for row in network.rows for path in _saved(row))


def _saved(row: Row) -> Iterable[str]:
    """Return the paths of what one row saves."""
    if row.op in NOTHING:
        return ()
    if row.op in BOTH:
        return (row.path, *row.reads)
    return (row.path,) if row.op in OUTPUT else row.reads


def _written(path: str, views: Mapping[str, str]) -> str:
    """Return the path of the row that wrote what a view looks at."""
    while path in views:
        path = views[path]
    return path
