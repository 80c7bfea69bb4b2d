"""Settings that every test shares."""

import os

import torch
from hypothesis import settings

pytest_plugins = ["golden"]

torch.set_num_threads(1)
os.environ.pop("COLUMNS", None)  # of the terminal that the tests are started in
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")
