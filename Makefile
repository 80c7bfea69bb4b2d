# make report: the main job, in four minutes, on a machine with Python, pip, venv and make
# make test:   the tests, and what they cover;  make lint: ruff and mypy;  make attack: a minute of
# hostile use;  make bench: the speed table;  make readme: what the README shows of the program
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed

.PHONY: report test lint attack bench readme

report: $(INSTALLED)
	$(BIN)/se-cost report

# one thread each: two workers share the machine, and threads of torch would fight
test: $(INSTALLED)
	OMP_NUM_THREADS=1 $(BIN)/pytest -n 2 --cov --quiet

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

attack: $(INSTALLED)
	$(BIN)/python scripts/attack.py --seconds 60

bench: $(INSTALLED)
	$(BIN)/python benchmarks/commands.py
	$(BIN)/python benchmarks/ledger.py
	$(BIN)/python benchmarks/plan.py

readme: $(INSTALLED)
	$(BIN)/python scripts/readme.py

$(INSTALLED): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --constraint constraints.txt --config-settings editable_mode=compat --editable '.[dev]'
	touch $@
