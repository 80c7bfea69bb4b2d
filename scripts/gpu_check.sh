#!/usr/bin/env bash
# Prove on one GPU, in some ten minutes, that what is measured there is right; leave what was
# measured and a verdict for each check under reports/gpu/. Without a GPU it fails at once.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
[ -x "$(command -v "$python")" ] || python=python3
exec "$python" scripts/gpu_check.py
