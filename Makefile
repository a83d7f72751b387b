# Needs Python 3.11 or newer, git and make; everything else goes into .venv.
# PYTHON=… picks the interpreter for a new .venv, ARGS=… goes to the command run.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# A caller's own environment must not decide where uv installs.
unexport VIRTUAL_ENV
unexport PYTHONPATH
# Without it pytest compiles every test anew on each run, in each process: 7 s of 10.
unexport PYTHONDONTWRITEBYTECODE
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never
# Trust what the machine trusts, as pip does: a company's own proxy, say.
export UV_SYSTEM_CERTS := 1
# pyright would otherwise ask PyPI for its newest version on every run.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1
# No run of ours tells anyone about itself.
export GRADIO_ANALYTICS_ENABLED := False
export HF_HUB_DISABLE_TELEMETRY := 1

PY := .venv/bin/python
READY := .venv/.ready
# The one place that pins uv is the dev group of pyproject.toml.
UV_PIN := $(shell sed -n 's/.*"\(uv==[0-9.]*\)".*/\1/p' pyproject.toml)
MYPY_PATHS := codegen runtime tests benchmarks generated_examples docs scripts
ARGS ?=
# A file's tests run in one process, and so share its servers.
PARALLEL := -n 2 --dist loadfile

.PHONY: help setup demo test check fast slow integrations engines format goldens examples bench bench-batch bench-generation bench-hostile soak storm docs build clean distclean

help: ## Show what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 26

setup: $(READY) ## Make .venv with everything in it

$(PY):
	@python=$${PYTHON:-$$(scripts/find-python)} && test -n "$$python" && echo "Making .venv with $$python" && "$$python" -m venv --clear .venv

$(READY): pyproject.toml runtime/pyproject.toml uv.lock | $(PY)
	@$(PY) -m uv --version 2>/dev/null | grep -q '^uv $(UV_PIN:uv==%=%) ' || \
		$(PY) -m pip install --quiet --disable-pip-version-check '$(UV_PIN)'
	@.venv/bin/uv sync --quiet --locked --all-extras --all-packages --python $(PY)
	@touch $@

demo: $(READY) ## A real Gradio app: generate a module for it, check, call, stream, cancel
	@.venv/bin/gradio-codegen demo --output-dir build/demo $(ARGS)

test: check ## Every check and every test
	@$(PY) -m pytest $(PARALLEL) $(ARGS)

check: $(READY) ## Lint, format, imports and types
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/lint-imports --no-logo --no-cache
	@.venv/bin/mypy $(MYPY_PATHS)
	@.venv/bin/pyright --warnings

fast: $(READY) ## Only the tests that take no server, build, type checker or seconds
	@$(PY) -m pytest -m 'not slow' $(PARALLEL) $(ARGS)

slow: $(READY) ## Only the others
	@$(PY) -m pytest -m slow $(PARALLEL) $(ARGS)

# An environment of their own: agents' frameworks bring a hundred packages.
integrations: $(READY) ## Endpoints as tools of the real agents' frameworks; see docs/agents.md
	@UV_PROJECT_ENVIRONMENT=build/integrations .venv/bin/uv sync --quiet --locked --all-extras --all-packages --group integrations --python $(PY)
	@build/integrations/bin/mypy generated_examples/agent.py
	@INTEGRATIONS=1 build/integrations/bin/python -m pytest tests/frameworks \
		-W ignore::ResourceWarning -W ignore::pytest.PytestUnraisableExceptionWarning $(ARGS)

engines: $(READY) ## `OnBatch` on Ray, Dask, datasets and Spark (which needs Java); see docs/scale.md
	@UV_PROJECT_ENVIRONMENT=build/engines .venv/bin/uv sync --quiet --locked --all-extras --all-packages --group engines --python $(PY)
	@ENGINES=1 build/engines/bin/python -m pytest tests/engines $(ARGS)

format: $(READY) ## Let ruff put things right
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

goldens: $(READY) ## Write the expected modules of the tests again
	@$(PY) -m tests.codegen.regen $(ARGS)

examples: $(READY) ## Write generated_examples/ again, from apps on a real server
	@$(PY) -m tests.support.examples

bench: $(READY) ## Compare with the official client; writes benchmarks/RESULTS.md and REPLAY.md
	@$(PY) -m benchmarks.run $(ARGS)

bench-batch: $(READY) ## What map must show: pace, memory, kills, outages; writes benchmarks/BATCH.md
	@$(PY) -m benchmarks.batch $(ARGS)

bench-generation: $(READY) ## Time the generator; writes benchmarks/GENERATION.md
	@$(PY) -m benchmarks.generation $(ARGS)

bench-hostile: $(READY) ## What hostile apps do to healthy ones; writes benchmarks/HOSTILE.md
	@$(PY) -m benchmarks.hostile $(ARGS)

soak: $(READY) ## Ten minutes of traffic with faults: does anything grow? Writes benchmarks/SOAK.md
	@$(PY) -m benchmarks.soak $(ARGS)

storm: $(READY) ## A minute of jobs that are cancelled at any moment, on Gradio 5 and on 6; clients that are killed
	@STORM_SECONDS=60 KILLS=$${KILLS:-20} $(PY) -m pytest tests/runtime/test_storm.py tests/runtime/map/test_kill.py -s $(ARGS)

docs: $(READY) ## The documentation as a site, build/docs/index.html
	@$(PY) -m sphinx -E -W --keep-going -q -b html docs build/docs

build: $(READY) ## Wheels and sdists of both distributions, into dist/
	@.venv/bin/uv build --all-packages --out-dir dist

clean: ## Remove what builds and tests leave behind
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.venv/*' -exec rm -rf {} +

distclean: clean ## The same, and .venv
	rm -rf .venv
