# Everything a newcomer needs: `make demo` and `make test`. Each target makes what it stands on.
PYTHON ?= python3
RUN := .venv/bin/python

.PHONY: demo test test-313 check install lock messages assets mutate-access bench

install:
	@$(PYTHON) tools/install.py

demo: install
	@exec $(RUN) -m tools.demo

test: install
	@$(RUN) -m tools.run_tests $(ARGS)

test-313: install
	@$(RUN) -m tools.run_313 $(ARGS)

check: install
	@$(RUN) -m tools.check

lock: install
	@$(RUN) -m tools.lock

messages: install
	@$(RUN) -m tools.messages

assets: install
	@$(RUN) -m tools.assets

mutate-access: install
	@$(RUN) -m tools.mutate_access $(ARGS)

bench: install
	@$(RUN) -m tools.bench $(ARGS)
