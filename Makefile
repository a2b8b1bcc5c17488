# Two commands: `make run` and `make test`. Everything else is a closer look.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
OUT    ?= data
UV     := uv==0.13.8
STAMP  := $(VENV)/.installed

.PHONY: run test lint type unit setup links lock bench bench-corpus bench-feeds bench-extraction bench-dedup bench-label bench-fetch bench-report bench-store bench-scale bench-stream flink-test prism-test prism-stream deploy-check recipes chaos clean help

run: $(STAMP)  ## run the main job: the sample newsroom offline, or FEEDS=file OUT=dir on the real web
ifdef FEEDS
	$(BIN)/warta run --feeds $(FEEDS) --output $(OUT) $(ARGS)
else
	$(BIN)/warta sample --output $(OUT) $(ARGS)
endif

test: lint type unit  ## lint, types, tests

lint: $(STAMP)  ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

type: $(STAMP)  ## mypy, strict
	$(BIN)/mypy .links/warta/schemas .links/warta/transforms .links/warta/pipelines .links/warta/newsroom

unit: $(STAMP)  ## all tests that need no corpus and no internet, two at a time, with coverage
	$(BIN)/coverage erase
	$(BIN)/python -m tests.feedparser_corpus
	$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered

setup: $(STAMP)  ## .venv from the lock file

$(STAMP): requirements.lock setup.py pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(UV)
	VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip install --quiet --require-hashes -r requirements.lock
	VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip install --quiet --no-deps -e .
	$(MAKE) --no-print-directory links
	touch $@

links:  ## the mapped names as folders, for mypy and editors
	mkdir -p .links/warta
	for room in schemas transforms pipelines; do ln -sfn ../../$$room .links/warta/$$room; done
	ln -sfn ../../deploy/newsroom .links/warta/newsroom

lock:  ## resolve the dependencies anew
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --extra test setup.py -o requirements.lock

bench: $(STAMP)  ## warta run against what people would otherwise write or take; PAGES="500 5000" ROUNDS=3
	VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip install --quiet py-spy
	$(BIN)/python -m tests.bench.bench_speed --pages $(or $(PAGES),500) --rounds $(or $(ROUNDS),3)
	$(BIN)/python -m tests.bench.profile_split --pages $(firstword $(or $(PAGES),500))

bench-extraction: $(STAMP)  ## F1, leak, loss, metadata and speed on the shared corpus
	$(BIN)/python -m tests.gate.extraction
	$(BIN)/python -m tests.gate.metadata
	$(BIN)/python -m tests.gate.furniture

bench-feeds: $(STAMP)  ## feed reading and article identity on the shared corpus
	$(BIN)/python -m tests.gate.feeds
	$(BIN)/python -m tests.gate.urls

bench-label: $(STAMP)  ## language and topic on the shared labels
	$(BIN)/python -m tests.gate.label

bench-dedup: $(STAMP)  ## duplicates: precision, recall, speed, growth
	VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip install --quiet "datasketch>=2,<3"
	$(BIN)/python -m tests.bench.bench_dedup

bench-fetch: $(STAMP)  ## fetching against a bare loop on a loopback world
	$(BIN)/python -m tests.bench.bench_fetch

bench-corpus: $(STAMP)  ## the real pages and feeds of the shared corpus through `warta run`
	$(BIN)/python -m tests.bench.bench_corpus

bench-report: $(STAMP)  ## the report page over 100,000 articles: seconds and size
	$(BIN)/python -m tests.bench.bench_report

bench-store: $(STAMP)  ## writing, verifying and compacting
	$(BIN)/python -m tests.bench.bench_store

bench-scale: $(STAMP)  ## what a page costs, and the host scheduler simulated at a hundred thousand feeds
	$(BIN)/python -m tests.bench.bench_costs
	$(BIN)/python -m tests.bench.bench_scale --hours 2

bench-stream: $(STAMP)  ## a simulated week of `warta stream`: losses, freshness, memory
	$(BIN)/python -m tests.bench.bench_stream

flink-test: $(STAMP)  ## a session cluster; both graphs on Flink against the local engine, with kills (needs Java, Maven)
	$(BIN)/python -m tests.flink.plain_job
	$(BIN)/python -m tests.flink.run
	$(BIN)/python -m tests.flink.run --cluster --kill-worker --parallelism 2
	$(BIN)/python -m tests.flink.unbounded --engine flink --cluster --kill

prism-test: $(STAMP)  ## the same on Prism with an external worker pool, once with a worker killed (needs Go)
	$(BIN)/python -m tests.flink.run --engine prism --external
	$(BIN)/python -m tests.flink.run --engine prism --external --kill-worker

prism-stream: $(STAMP)  ## the unbounded graph on Prism: twelve windows; then killed in the middle and started again
	$(BIN)/python -m tests.flink.unbounded
	$(BIN)/python -m tests.flink.unbounded --kill

deploy-check: $(STAMP)  ## the Kubernetes files against the API schemas, dataflow.sh up to its job
	$(BIN)/python -m tests.deploy.check
	$(BIN)/python -m tests.deploy.dataflow

recipes: $(STAMP)  ## write deploy/RECIPES.md anew from what the recipes print
	$(BIN)/python -m tests.pipelines.recipes

chaos: $(STAMP)  ## 200 random kills; nothing lost, nothing twice
	$(BIN)/python -m tests.chaos.run --kills 200
	$(BIN)/python -m tests.chaos.runs --kills 40

clean:  ## forget environment and sample data
	rm -rf $(VENV) .links build dist *.egg-info data

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 20
