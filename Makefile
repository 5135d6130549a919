# make run    build, then deploy and watch the example of tests/profiles/standalone
# make test   everything that CI checks; installs the real programs it tests against
# make lint   gofmt, vet and staticcheck alone
# make bench  the numbers of the README, as ratios
# make build  static binaries into bin/

COMMANDS := $(notdir $(wildcard cmd/*))
PEERS    := $(CURDIR)/.cache/peers
# Tests find zc.buildout, slapos.core and slapos.toolbox in this Python.
export MONITOR_TEST_PYTHON ?= $(PEERS)/bin/python

.PHONY: build run test bench lint peers clean

# The interface is built with npm where there is one; without, the programs serve
# a page that says how.
UI := pkg/webapp/ui
INTERFACE := pkg/webapp/dist/app/index.html

$(INTERFACE): $(shell git ls-files $(UI))
	@if command -v npm >/dev/null; then \
	  cd $(UI) && npm ci --silent --no-audit --no-fund && npm run --silent build && touch $(CURDIR)/$@ || \
	  echo "npm could not build the interface: building without it"; \
	else echo "npm is not installed: building without the interface"; fi

build: $(INTERFACE)
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/ $(addprefix ./cmd/,$(COMMANDS))

run: build
	bin/monitor-standalone tests/profiles/standalone/software.cfg

lint:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	  test -z "$$unformatted" || { echo "not formatted, run gofmt -w on: $$unformatted"; exit 1; }
	go vet ./...
	go tool staticcheck ./...

peers:
	tests/peers/install $(PEERS)

test: lint peers build
	cd $(UI) && npm run --silent test
	MONITOR_REQUIRE_PEERS=1 go test -race -timeout 20m ./...
	@cat .cache/report/*.txt

bench: build
	go test -run '^$$' -bench . -benchtime 3x -timeout 30m ./tests/bench/...

clean:
	rm -rf bin .cache standalone pkg/webapp/dist/app $(UI)/node_modules
