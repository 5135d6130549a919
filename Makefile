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

build:
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
	MONITOR_REQUIRE_PEERS=1 go test -race -timeout 20m ./...

bench: build
	go test -run '^$$' -bench . -benchtime 3x -timeout 30m ./tests/bench/...

clean:
	rm -rf bin .cache standalone
