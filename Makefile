# Every target tells first, and all at once, what this machine lacks for it.
#   make demo PYTHON=python3.13      another Python
#   make test BROWSER=/path/to/it    another Chromium
#   make demo INSTALL=no             as root: tell what is missing, install nothing
PYTHON ?= python3
export INSTALL
export PYTHONPATH := deploy:tests
ifeq ($(origin BROWSER),command line)
export STS_BROWSER := $(BROWSER)
endif

python := build/venv/bin/python
ready = @$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 8))" 2>/dev/null || \
	{ echo "No Python 3.11 or newer answers to $(PYTHON): install one, or name it: make $(1) PYTHON=..." >&2; exit 1; }; \
	$(PYTHON) deploy/demo/preflight.py $(1) && $(PYTHON) deploy/demo/environment.py

.DEFAULT_GOAL := help
.PHONY: help demo demo-check test test-long test-storm test-power test-bluez compose-test package check bench screenshots clean

help: ## show these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20

demo: ## the whole system with thirty simulated athletes, in a browser
	$(call ready,demo)
	@exec $(python) -m demo.demo

demo-check: ## the same without a person: kill and cut every part, then prove that nothing was lost (CONTROL=1: spoil the proof on purpose)
	$(call ready,demo-check)
	@exec $(python) -m faults.demo_check

# Three processes on two cores: most tests wait for a service half of their time. Which file goes to which of them,
# tests/conftest.py says.
at_once := -n 3 --dist loadscope --no-loadscope-reorder

test: ## all tests, against real services and a real browser
	$(call ready,test)
	@$(python) -m demo.web_app test
	@$(python) -m pytest -m "not long and not bluez and not compose" --both-generations $(at_once)

# Each long test belongs to one of three targets, and each of these takes at most half an hour on two cores.
power_tests := tests/faults/test_cuttable_disk.py tests/faults/test_buffer_power_cut.py tests/faults/test_buffer_kills.py

test-long: ## full counts where no service is needed: fuzzed frames and records, harmed buffers, large ones
	$(call ready,test-long)
	@$(python) -m pytest -m long --ignore=tests/integration $(addprefix --ignore=,$(power_tests))

test-storm: ## full counts against real services: hostile requests, storms of faults and kills, figures of slow links
	$(call ready,test-storm)
	@$(python) -m pytest -m long tests/integration

test-power: ## power cuts on ext4 and XFS, and a kill at each of the first writes and syncs; whole only as root
	$(call ready,test-power)
	@$(python) -m pytest -m "long or not long" $(power_tests)

test-bluez: ## nine situations of a radio and the rules of BlueZ, on real BlueZ in QEMU and on all that stands in for it
	$(call ready,test-bluez)
	@$(python) -m demo.services.bluez_guest
	@$(python) -m pytest tests/integration/test_radio_situations.py tests/integration/test_radio_rules.py \
		tests/integration/test_radio_source.py tests/integration/test_radio_two_adapters.py

compose-test: ## docker-compose.yml built, started and harmed, asked through Nginx by HTTPS; needs a Docker daemon
	$(call ready,compose-test)
	@$(python) -m pytest -m compose tests/compose

package: ## the gateway's Debian package, under build/package (FOR="--architecture arm64 --python 3.13": for another machine)
	$(call ready,package)
	@$(python) deploy/raspberry-pi/package.py $(FOR)

check: ## style, types, import rules, complexity
	$(call ready,check)
	@$(python) -m ruff check
	@$(python) -m ruff format --check
	@$(python) -m mypy
	@build/venv/bin/lint-imports --config pyproject.toml --no-cache --no-logo
	@$(python) -m demo.web_app check

bench: ## our figures against the usual ways, on this machine
	$(call ready,bench)
	@$(python) -m benchmarks

screenshots: ## a picture of every screen with the demo's season, under build/screenshots with an index page
	$(call ready,screenshots)
	@exec $(python) -m demo.screenshots

clean: ## remove everything that these targets made
	@$(PYTHON) deploy/demo/clean.py
