# Two commands for a newcomer: `make demo` and `make test`. The rest is for those who change Jishi.
PY := .venv/bin/python
PORT ?= 8000
CATALOG ?= own

.PHONY: demo test engines journeys lint fixtures bench audit assets pins clean

demo: .venv/.ready assets $(if $(filter fixtures,$(CATALOG)),fixtures)  ## A whole shop with goods on http://localhost:8000
	$(PY) -m jishi demo --port $(PORT) --catalog $(CATALOG)

test: .venv/.ready-dev assets        ## All tests that need no external engine and no browser
	$(PY) -m pytest -m "not engines and not browser"

engines: .venv/.ready-dev assets     ## The same modules on real MariaDB
	tools/engines.sh
	$(PY) -m pytest -m engines

journeys: .venv/.ready-dev assets    ## The main journeys in a real Chromium
	tools/chromium.sh
	-@$(PY) tools/axe.py
	$(PY) -m pytest -m browser

lint: .venv/.ready-dev               ## Format, rules, types, import directions, catalogues
	.venv/bin/ruff format --check src tests bench tools
	.venv/bin/ruff check src tests bench tools
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(PY) -m jishi.kernel.wording

fixtures: .venv/.ready               ## The real catalogue that tests import (not committed)
	$(PY) tools/fixtures.py

bench: .venv/.ready-dev              ## The project's own benchmarks, as ratios within one run
	$(PY) -m jishi bench

audit: .venv/.ready-dev assets       ## Known faults in our packages; axe and Lighthouse where they are installed
	tools/audit.sh

assets: .venv/.ready                 ## Third-party browser files, checked; pages work without them
	@$(PY) tools/vendor.py

pins:                                ## requirements*.txt from requirements*.in
	.venv/bin/uv pip compile -q --upgrade --no-emit-index-url --no-header requirements.in -o requirements.txt
	.venv/bin/uv pip compile -q --no-emit-index-url --no-header requirements-dev.in -o requirements-dev.txt

.venv/.ready: requirements.txt pyproject.toml tools/venv.sh
	tools/venv.sh requirements.txt
	@touch $@

.venv/.ready-dev: .venv/.ready requirements-dev.txt
	tools/venv.sh requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv build dist var src/jishi/web/static/vendor
