# Every target sets up what it needs in .venv, and is quick when nothing changed.

PYTHON ?= python3
Q ?= What does Microsoft's right of first refusal mean?
DATA ?= ../shared/data/squad2-dev-a.json
ATTACK ?=
SIZES ?= 10000 100000 1000000

BIN := .venv/bin
PEERS := llama-index-core llama-index-embeddings-huggingface llama-index-llms-llama-cpp \
	langchain-community langchain-huggingface langchain-text-splitters faiss-cpu
# What an installation depends on; an editable one finds only the packages that were there when it was made.
GROUND := pyproject.toml .constraints.txt $(wildcard rag/__init__.py index/__init__.py ui/__init__.py evals/__init__.py)

# A question may hold quotes, dollar signs and backticks: it reaches the command as it was typed,
# through the environment, and neither make nor the shell reads anything into it.
unexport Q
export QUESTION = $(value Q)

.DEFAULT_GOAL := help
.PHONY: help ask ui test attack lint eval eval-full bench peers browser clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

ask: .venv/asks ## answer a question from the articles in seeds/; Q="…" asks another one
	@$(BIN)/rag ask -- "$$QUESTION" || [ $$? -eq 3 ] # 3: the articles do not say, and that is an answer, too

ui: .venv/asks ## open the page
	@$(BIN)/rag ui

test: .venv/tests ## run the tests
	$(BIN)/pytest

attack: .venv/tests ## put hostile articles beside honest ones; ATTACK=--whole lets the writer write, too
	$(BIN)/python tests/attack.py $(ATTACK)

lint: .venv/tests ## check style, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(wildcard rag index ui evals)

eval: .venv/tests ## ask a sample of the suites, and fail when a figure in the gate does not hold
	$(BIN)/rag eval

eval-full: .venv/tests ## ask every question of the suites
	$(BIN)/rag eval --full

bench: .venv/tests .venv-peers/done ## measure reading, retrieval, speed and growth on DATA, peers, a library of SIZES
	$(BIN)/python tests/corpus.py .rag/bench/corpus
	FOOTNOTE_OCR=0 $(BIN)/python -m index.reading_speed .rag/bench/corpus tests/data/pdf
	$(BIN)/python -m index.recall $(DATA)
	$(BIN)/python -m evals.speed $(DATA) --out .rag/bench --peers .venv-peers/bin/python
	$(BIN)/python -m evals.breakdown
	$(BIN)/python -m evals.optimizations
	$(BIN)/python -m evals.growth $(DATA) --out .rag/bench
	$(BIN)/python -m index.scale $(DATA) --out .rag/bench/scale --sizes $(SIZES)
	$(BIN)/python -m index.vector_comparison .rag/bench/scale/library $(DATA)

peers: .venv/tests .venv-peers/done ## compare with LlamaIndex and LangChain, installed into .venv-peers
	$(BIN)/python -m evals.peers .venv-peers/bin/python

browser: ## install Debian's chromium for the tests of the page, if there is no browser yet
	@for name in chromium chromium-browser google-chrome; do ! command -v $$name >/dev/null || exit 0; done; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" -eq 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; \
	else echo "No chromium here, and only root can install it with apt-get: the tests of the page will be skipped."; fi

clean: ## remove .venv and everything else that make can make again; the library in .rag stays
	rm -rf .venv .venv-peers build *.egg-info .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

# One empty file a set of extras: made when the installation has succeeded, older than what it depends on when
# that has changed.

.venv/asks: $(GROUND)
	@$(PYTHON) .install.py documents,writer
	@touch $@

.venv/tests: .venv/asks
	@$(PYTHON) .install.py documents,dev,browser,evals,mcp,milvus,ray,server,writer
	@touch $@

.venv-peers/done: .constraints-peers.txt
	@[ -d .venv-peers ] || $(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install --disable-pip-version-check --constraint $< $(PEERS)
	@touch $@
