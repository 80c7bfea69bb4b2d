"""What a network costs in fact. Only modules of this package import torch and fvcore."""
