# `make demo` sets up and runs the main job on the embedded sandbox; `make test` sets up and runs every test.
# Needs python3 (3.11 or newer) and make; what else the tests need is asked of apt where that is allowed (.ci/system).
PYTHON ?= python3
BIN := .venv/bin

# Compiled modules are kept, whatever the user's settings: else each worker and each process that a test starts compiles
# the package and rewrites the tests' assertions anew.
export PYTHONDONTWRITEBYTECODE =

PYTEST = $(BIN)/python -m pytest

FILES := tests/export tests/frames

.PHONY: demo test most browser files quick thorough coverage docs bounds check generate clean

demo: .venv/installed
	$(BIN)/scalev-frames demo --out data/exports

# Two runs of pytest at a time, since each alone leaves the processor idle for a third of its time: `files` begins when the
# browser's tests are done, and ends at about the same time as `most`, which is nice to them, as pages have time limits.
test: .venv/tested check
	.ci/system tests
	$(MAKE) --jobs 2 --keep-going most browser files

most: .venv/tested
	nice -n 5 $(PYTEST) -n auto --dist worksteal $(FILES:%=--ignore=%)

files: .venv/tested
	$(PYTEST) $(FILES) -n 2 --dist worksteal

browser: .venv/tested
	.ci/system tests
	$(PYTEST) tests/browser -n 2 --dist worksteal

# About a minute on two cores: the long tests are left out, and Hypothesis tries fewer examples.
quick: .venv/tested
	$(PYTEST) -n auto --dist worksteal -m "not slow" --hypothesis-profile quick

# Every test, and as many examples of Hypothesis as each test asks for; before a release.
thorough: .venv/tested
	.ci/system tests
	$(PYTEST) -n auto --dist worksteal --hypothesis-profile thorough

# How much of each room the tests run; measuring it takes about twice the time.
coverage: .venv/tested
	.ci/system tests
	$(PYTEST) -n auto --dist worksteal --cov --cov-report=
	$(BIN)/python .ci/coverage.py

# The lowest allowed and the newest versions of the dependencies, on every Python found; takes about five minutes each.
bounds:
	.ci/bounds

# The docs site in build/site; warnings are errors, and nothing is loaded from elsewhere.
docs: .venv/tested
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

check: .venv/tested
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

generate: .venv/tested
	$(BIN)/python -m docs.rows
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/samples.py
	$(BIN)/python docs/notebooks.py

clean:
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage build *.egg-info

.venv/installed: pyproject.toml constraints.txt
	.ci/system venv $(PYTHON)
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e . -c constraints.txt
	touch $@

.venv/tested: .venv/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[lab,test,docs]" -c constraints.txt
	touch $@
