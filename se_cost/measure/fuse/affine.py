"""A factor and a shift for each channel of each image, in one pass over the map."""

import torch
from torch import Tensor
from torch.nn import functional


def affine(x: Tensor, factor: Tensor, shift: Tensor) -> Tensor:
    """Return factor * x + shift for a map (N, C, H, W) and vectors (N, C).

    With two broadcast operands `addcmul` takes three times as long on a CPU as a norm in
    inference, which computes the same if every channel of every image is a channel of one image.
    """
    if not x.is_contiguous():
        return torch.addcmul(shift[..., None, None], x, factor[..., None, None])
    images, channels, height, width = x.shape
    zeros = factor.new_zeros(images * channels)
    flat = functional.batch_norm(
        x.view(1, images * channels, height, width),
        zeros,
        torch.ones_like(zeros),
        factor.reshape(-1),
        shift.contiguous().view(-1),  # it may be one vector for all images
        eps=0.0,
    )
    return flat.view(x.shape)
