# make demo    from nothing to a registry with three versions
# make test    every test
# make extension    the SQL functions for the stock sqlite3 shell and Python
# The rest: build, lint, format, bench, clean.
SHELL := /bin/bash
.DEFAULT_GOAL := build
.PHONY: demo test build extension lint format bench clean

# Statically linked: it starts faster, and runs where there is no Swift.  lld is quicker, and silent about C functions never called.
RELEASE := -c release --product registry --static-swift-stdlib -Xswiftc -use-ld=lld
EXTENSION := -c release --product registry_functions --static-swift-stdlib -Xswiftc -use-ld=lld
# Progress only where somebody watches it.
QUIET := $(shell [ -t 2 ] || echo --quiet)

demo: build
	@PATH="$$(swift build $(RELEASE) --show-bin-path):$$PATH" bash Scripts/demo.sh

build:
	@bash Scripts/install.sh libsqlite3-dev
	@swift build $(RELEASE) $(QUIET)
	@echo "Built $$(swift build $(RELEASE) --show-bin-path)/registry"

extension:
	@bash Scripts/install.sh libsqlite3-dev
	@REGISTRY_EXTENSION=1 swift build $(EXTENSION) $(QUIET)
	@echo "Built $$(REGISTRY_EXTENSION=1 swift build $(EXTENSION) --show-bin-path)/libregistry_functions.so"

test:
	@bash Scripts/install.sh libsqlite3-dev sqlite3 python3 python3-numpy
	@bash Scripts/test.sh

lint:
	@bash Scripts/install.sh python3
	@bash Scripts/lint.sh

format:
	@git ls-files --cached --others --exclude-standard -- '*.swift' | xargs swift format --in-place --parallel --configuration .swift-format

bench:
	@bash Scripts/install.sh libsqlite3-dev python3 python3-venv
	@python3 Benchmarks/bench.py

clean:
	@rm -rf .build .venv
