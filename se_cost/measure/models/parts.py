"""Parts of a module, put in the places of others."""

from torch import nn


def put(network: nn.Module, path: str, part: nn.Module) -> nn.Module:
    """Put a part in the place of the one at a path, in place; return the network."""
    if not path:
        return part
    parent, _, name = path.rpartition(".")
    set_part(network.get_submodule(parent), name, part)
    return network


def set_part(parent: nn.Module, name: str, part: nn.Module) -> None:
    """Replace a part of a module, which may be a list or a dictionary of parts."""
    if isinstance(parent, nn.Sequential | nn.ModuleList) and name.isdecimal():
        parent[int(name)] = part
    else:
        setattr(parent, name, part)
