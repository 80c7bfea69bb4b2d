"""Settings that every test shares."""

import torch
from hypothesis import settings

pytest_plugins = ["golden"]

torch.set_num_threads(1)
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
