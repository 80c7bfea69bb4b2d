#!/usr/bin/env bash
# Prove on one GPU, in some ten minutes, that what is measured there is right; leave what was
# measured and a verdict for each check under reports/gpu/. Without a GPU it fails at once.
# Where nvidia-smi is, it first installs what it needs into .venv, unless PYTHON names another.
set -euo pipefail
cd "$(dirname "$0")/.."
python=${PYTHON:-.venv/bin/python}
if [ -z "${PYTHON:-}" ] && command -v nvidia-smi > /dev/null; then
    make --silent .venv/.installed
    .venv/bin/pip install --quiet --config-settings editable_mode=compat --editable '.[cuda]'
fi
[ -x "$(command -v "$python")" ] || python=python3
exec "$python" scripts/gpu_check.py
