# Two commands are enough: `make demo` runs the city, `make test` proves it. The rest is for work on it.
.DEFAULT_GOAL := help
.PHONY: help demo serve test check static soak bench vectors docs lock clean run-env dev-env

PY := .venv/bin/python
ARGS ?=
UNITS := tests --ignore=tests/flows --ignore=tests/browser --ignore=tests/faults --ignore=tests/foreign

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' Makefile | awk -F':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: run-env  ## the whole city and its main job, step by step (ARGS=--exit ends it instead of serving)
	@$(PY) -m demo $(ARGS)

serve: run-env  ## seed and serve the city at http://localhost:8000
	@.venv/bin/gwanin seed && .venv/bin/gwanin serve $(ARGS)

test: static  ## everything that a change must pass
	@tools/system-packages --for-tests
	@tools/peers
	@$(PY) -m pytest -q -n 2

check: static  ## the part of it without servers, browsers and other people's software, in 90 seconds
	@$(PY) -m pytest -q -n 2 $(UNITS)

soak: dev-env  ## the same faults and loads at full size; figures go to docs/soak.md
	@tools/system-packages --for-tests
	@GWANIN_SOAK=1 $(PY) -m pytest -q tests/faults

bench: dev-env  ## the hot paths as shares of the raw primitive in the same run
	@$(PY) -m benchmarks $(ARGS)

vectors: dev-env  ## make our own test vectors anew; must leave no difference
	@$(PY) -m tests.vectors_of_ours && git diff --exit-code tests/vectors

docs: dev-env  ## write the pages that follow from the code anew
	@$(PY) -m tools.render_docs

lock: dev-env  ## resolve the dependencies anew into the two hashed locks
	@.venv/bin/uv pip compile -q pyproject.toml --extra build --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o requirements.txt
	@.venv/bin/uv pip compile -q pyproject.toml --all-extras --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -c requirements.txt -o requirements-dev.txt

clean:  ## remove the environment, the caches and the demo's data
	@rm -rf .venv var build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info tests/foreign/npm/node_modules
	@find . -name __pycache__ -prune -exec rm -rf {} +

static: dev-env
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@.venv/bin/mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo >/dev/null || .venv/bin/lint-imports
	@cd tests/vectors && sha256sum --quiet --check SHA256SUMS

run-env:
	@tools/bootstrap run

dev-env:
	@tools/bootstrap dev
