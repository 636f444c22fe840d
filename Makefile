# The two commands are `make demo` and `make test`; `make` alone lists them all.
#
# Needed: Go, git, make, gcc (for the race detector), Node with npm. Everything else is fetched into .cache, with the
# versions that tools/go.mod and tools/node/package-lock.json pin.

SHELL := bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

CACHE := $(CURDIR)/.cache
export PATH := $(CACHE)/bin:$(CURDIR)/tools/node/node_modules/.bin:$(PATH)

# A clone without tags, or a copy without git, builds too.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -X github.com/seed-2f16ea30/logsieve/internal/version.release=$(VERSION)

# How long each fuzz target runs, and each benchmark.
FUZZTIME ?= 10s
BENCHTIME ?= 1s
# What is benchmarked and fuzzed: one package, or all.
PKG ?= ./...
# What bench-compare compares with: a tag, a branch or a commit; empty is the last release.
REF ?=

.PHONY: help
help: ## List what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: demo
demo: build ## Run a server that is fed by a generator of realistic logs; it says what to open
	@exec bin/logsieve demo

.PHONY: build
build: ## Build bin/logsieve
	@# -trimpath: the same source makes the same binary, wherever it stands.
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/ ./cmd/logsieve

# Cheap and telling checks first. Those that run whole servers come last and one at a time, so that the whole machine is
# theirs.
STAGES := tools lint checkgenerate checkui unit fuzz-short docs e2e faults attacks test-ui-if-there

.PHONY: test
test: ## Run every check and every test, and say how long each took
	@MAKE='$(MAKE)' tools/stages $(STAGES)

.PHONY: tools
tools: ## Fetch and build the tools that the other targets use
	@$(MAKE) -j3 $(CACHE)/tools $(CACHE)/node $(CACHE)/web

# No vet: lint has it.
TESTFLAGS := -vet=off

.PHONY: unit
unit: ## Run the tests of all packages, with the race detector
	@go test -race $(TESTFLAGS) $$(go list ./... | grep -vE '/test/(e2e|docs|soak|abuse)')

.PHONY: e2e
e2e: ## Run the built binary against real clients; it builds what it runs
	@go test -race -count=1 $(TESTFLAGS) ./test/e2e/...

# Without the race detector: the servers are the binary as it is shipped, and the clients that watch them must not be
# what is slow: 35 s in place of 85. Most of it is waiting, so four tests run at a time.
.PHONY: faults
faults: ## Run the short fault tests (about a minute)
	@go test -count=1 -parallel 4 $(TESTFLAGS) ./test/soak

.PHONY: soak
soak: ## Run the long fault tests (a quarter of an hour) and write their figures into docs/guarantees.md
	@go test -count=1 -timeout 30m -v ./test/soak -soak -soak.report '$(CURDIR)/docs/guarantees.md'

# Most of them wait, as slow clients do: they may do so beside each other.
.PHONY: attacks
attacks: ## Attack the built binary in short (half a minute)
	@go test -count=1 -parallel 6 $(TESTFLAGS) ./test/abuse

.PHONY: abuse
abuse: $(CACHE)/security ## Attack it at full size (half an hour) and write what came of it into docs/security.md
	@go test -count=1 -timeout 60m -v ./test/abuse -abuse -abuse.report '$(CURDIR)/docs/security.md'

# A copy of the database may stand in a folder: make vuln VULNDB=/srv/vulndb.
.PHONY: vuln
vuln: $(CACHE)/security ## Look for known vulnerabilities in what the program calls
	@govulncheck $(if $(VULNDB),-db 'file://$(abspath $(VULNDB))') ./...

.PHONY: sbom
sbom: ## Write the list of everything that is in the binary, as CycloneDX, to bin/logsieve.cdx.json
	@go run ./internal/bom/internal/gen -release '$(VERSION)' -sbom bin/logsieve.cdx.json

.PHONY: licences
licences: ## Write the licences of everything that is in the binary into docs/licences.md
	@go run ./internal/bom/internal/gen -licences docs/licences.md

.PHONY: docs
docs: ## Run what docs/ shows: its clients, its commands, its tables, its links
	@go test -race -count=1 $(TESTFLAGS) ./test/docs

.PHONY: lint
lint: $(CACHE)/tools ## Run the linters, import rules included
	@golangci-lint run ./...

.PHONY: fuzz
fuzz: ## Run every fuzz target for FUZZTIME (10s)
	@tools/fuzz '$(PKG)' '$(FUZZTIME)'

# In two seconds a target shows that it still works. Those whose input comes from strangers, and that compile fast: one of a
# package which needs the whole server takes most of a minute. The seeds of all run with the unit tests.
.PHONY: fuzz-short
fuzz-short: ## Run the fuzz targets of what strangers send for two seconds each
	@for package in auth filter gateway/wsconn ingest/wire store; do tools/fuzz ./internal/$$package 2s; done

.PHONY: bench
bench: build $(CACHE)/natsbench ## Measure the whole server (6 minutes) and write the figures into docs/performance.md
	@bin/logsieve bench --nats $(CACHE)/natsbench --json $(CACHE)/bench.json --markdown docs/performance.md

.PHONY: bench-stages
bench-stages: ## Run the Go benchmarks of all packages, or of PKG: the stages of an entry's way
	@go test -run '^$$' -bench . -benchmem -benchtime '$(BENCHTIME)' $(PKG)

.PHONY: bench-compare
bench-compare: $(CACHE)/tools ## Compare the stages of an entry's way with the last release, or with REF
	@tools/benchcompare '$(REF)'

.PHONY: cover
cover: ## Show how much of each package its tests cover
	@mkdir -p $(CACHE)
	go test -coverpkg=./... -coverprofile=$(CACHE)/cover.out $$(go list ./... | grep -vE '/test/(e2e|docs|soak|abuse)') >/dev/null
	grep -v /gen/ $(CACHE)/cover.out > $(CACHE)/cover.own
	go tool cover -func=$(CACHE)/cover.own

.PHONY: generate
generate: $(CACHE)/tools $(CACHE)/node ## Make gen/, openapi/ and docs/configuration.md; needs no network once the tools are there
	@tools/generate .

.PHONY: checkgenerate
checkgenerate: $(CACHE)/tools $(CACHE)/node ## Check that what is generated is fresh, and the contract sound and compatible
	@tools/checkgenerate

.PHONY: ui
ui: $(CACHE)/web ## Build the user interface from web/ into internal/web/dist
	@cd web && npm run build

.PHONY: checkui
checkui: $(CACHE)/web ## Check the user interface: types, tests, and that what is committed is fresh
	@cd web && npm run check && npm test && npm run check:fresh

.PHONY: test-ui
test-ui: build $(CACHE)/web ## Drive the built binary with Chromium, which must be installed or named by CHROMIUM
	@cd web && npm run test:e2e

.PHONY: test-ui-if-there
test-ui-if-there:
	@if tools/chromium >/dev/null; then
		CHROMIUM=$$(tools/chromium) $(MAKE) test-ui
	else
		echo 'LEFT OUT: make test-ui, for want of Chromium: apt-get install chromium, or name one with CHROMIUM'
	fi

.PHONY: shots
shots: build $(CACHE)/web ## Take pictures of the user interface into .cache/shots, and the one of the README
	@(cd web && npm run shots -- $(CACHE)/shots)
	cp $(CACHE)/shots/light-filter.png docs/ui.png

.PHONY: clean
clean: ## Remove what was built and fetched
	rm -rf bin $(CACHE) tools/node/node_modules web/node_modules test/e2e/node/node_modules

# The tools, built once for each version of their list.
$(CACHE)/tools: tools/go.mod tools/go.sum
	@echo 'building the tools (once; minutes on a small machine)'
	mkdir -p $(CACHE)
	cd tools && GOFLAGS=-mod=readonly GOBIN=$(CACHE)/bin go install tool
	touch $@

# Those that attack and audit: apart, since no other target needs them.
$(CACHE)/security: tools/security/go.mod tools/security/go.sum
	@mkdir -p $(CACHE)
	cd tools/security && GOFLAGS=-mod=readonly GOBIN=$(CACHE)/bin go install tool
	touch $@

# A module of its own: the product must not depend on a NATS server.
$(CACHE)/natsbench: $(wildcard bench/nats/*)
	@mkdir -p $(CACHE)
	cd bench/nats && GOFLAGS=-mod=readonly go build -trimpath -o $@ .

$(CACHE)/web: web/package.json web/package-lock.json
	@mkdir -p $(CACHE)
	cd web && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

# No install scripts: buf finds its binary without the one that it has.
$(CACHE)/node: tools/node/package.json tools/node/package-lock.json
	@mkdir -p $(CACHE)
	cd tools/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@
