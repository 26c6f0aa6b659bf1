# make demo    from nothing to a registry with three versions
# make test    every test
# make test-busy    the same, three times, beside six busy processes
# make install PREFIX=/usr/local
# make wheel   dist/….whl: the program and its Python module, for pip install
# make extension    the SQL functions for the stock sqlite3 shell and Python
# make interop round trips with the real torch, safetensors and onnxruntime (INTEROP_SEED=7 for other cases)
# make fuzz    libFuzzer on each parser (FUZZ="600 pickle" for ten minutes of one)
# make torture the long tests in full
# The rest: build, lint, format, docs (what is generated from --help), bench, clean.
SHELL := /bin/bash
.DEFAULT_GOAL := build
.PHONY: demo test test-busy build install wheel extension interop fuzz torture lint format docs bench clean

# Statically linked: it starts faster, and runs where there is no Swift.  lld is quicker, and silent about C functions never called.
# Without debug information the first build takes a tenth less, and the program two thirds of the room.
STATIC := -c release --static-swift-stdlib -Xswiftc -use-ld=lld -debug-info-format none
RELEASE := $(STATIC) --product registry
PREFIX ?= /usr/local
EXTENSION := $(STATIC) --product registry_functions
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
	@bash Scripts/install.sh libsqlite3-dev sqlite3 python3 python3-numpy zsh fish mandoc
	@bash Scripts/test.sh

test-busy:
	@bash Scripts/install.sh libsqlite3-dev sqlite3 python3 python3-numpy zsh fish mandoc
	@bash Scripts/busy_test.sh

torture:
	@bash Scripts/install.sh libsqlite3-dev sqlite3 python3 python3-numpy zsh fish mandoc
	@bash Scripts/torture.sh

interop:
	@bash Scripts/install.sh libsqlite3-dev python3 python3-venv
	@bash Scripts/interop.sh

# Seconds and parsers, as Scripts/fuzz.sh takes them.
FUZZ ?= 60
fuzz:
	@bash Scripts/install.sh libsqlite3-dev python3
	@sh Scripts/fuzz.sh $(FUZZ)

lint:
	@bash Scripts/install.sh python3
	@bash Scripts/lint.sh

format:
	@git ls-files --cached --others --exclude-standard -- '*.swift' | xargs swift format --in-place --parallel --configuration .swift-format

docs:
	@. Scripts/flags.sh; swift build "$${tests[@]}" --product registry $(QUIET)
	@python3 Scripts/schema.py
	@. Scripts/flags.sh; python3 Scripts/reference.py "$$(swift build "$${tests[@]}" --show-bin-path)/registry"

install: build
	@bash Scripts/place.sh "$$(swift build $(RELEASE) --show-bin-path)/registry" "$(PREFIX)"

wheel:
	@bash Scripts/install.sh libsqlite3-dev python3
	@bash Scripts/wheel.sh $(RELEASE) $(QUIET)

bench:
	@bash Scripts/install.sh libsqlite3-dev python3 python3-venv
	@python3 Benchmarks/bench.py

clean:
	@rm -rf .build .venv dist
