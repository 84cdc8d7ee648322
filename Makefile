# Everything a newcomer needs: `make demo` and `make test`. Each target makes what it stands on.
PYTHON ?= python3
RUN := .venv/bin/python

.PHONY: demo test check install lock messages assets mutate-access

install:
	@$(PYTHON) tools/install.py

demo: install
	@exec $(RUN) -m tools.demo

test: install
	@$(RUN) -m tools.run_tests $(ARGS)

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
