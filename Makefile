# make run: the app with its worker (LAN=1: for a class).  make test: all tests.  make quick: those
# without training and browser.  make check: format, lint, types, known faults of packages, all tests.
# make licences: what the dependencies allow.  make bench: speed.  make results: the lessons recorded
# again, with the tables that quote them.
PYTHON ?= python3
VENV := .venv
BIN := $(if $(filter Windows_NT,$(OS)),$(VENV)/Scripts,$(VENV)/bin)
PORT ?= 8501
# a worker a core, four at most; each takes whole files, the slow ones first (tests/conftest.py)
PYTEST := $(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: run test quick check audit licences bench fuzz results stop install clean

run: $(VENV)/.installed
	$(BIN)/python -m explorer app --port $(PORT) $(if $(filter-out 0,$(LAN)),--lan)

test: $(VENV)/.installed-dev
	$(PYTEST) $(ARGS)

quick: $(VENV)/.installed-dev
	$(PYTEST) -m 'not browser and not trains' $(ARGS)

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy benchmarks/*.py
	$(BIN)/python .ci/audit.py
	$(PYTEST) $(ARGS)

# known faults of what is installed; without a network it says so and goes on
audit: $(VENV)/.installed-dev
	$(BIN)/python .ci/audit.py

# docs/LICENCES.md
licences: $(VENV)/.installed-dev
	$(BIN)/python .ci/licences.py

# training speed against a plain PyTorch loop, on two cores; fails where it has become slower
bench: $(VENV)/.installed
	$(BIN)/python benchmarks/speed.py --check

# damaged and hostile input for every parser of outside bytes; `make test` has the short form.
# make fuzz ARGS="--cases 30000": a million in all; ARGS="checkpoint --seed 2": one parser
fuzz: $(VENV)/.installed-dev
	$(BIN)/python -m tests.fuzz $(ARGS)

# every lesson on the images of RESNET_DATA, three seeds each: an hour and more on two cores; it goes on
# where it was stopped
results: $(VENV)/.installed
	$(BIN)/python benchmarks/results.py $(ARGS)

# ends the worker; what it trains is saved and can be resumed
stop: $(VENV)/.installed
	$(BIN)/python -m explorer.worker --stop

install: $(VENV)/.installed

$(VENV)/.installed: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python %d.%d is too old: 3.11 or newer is needed; name another with PYTHON=" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV)
