# Nothing has to be installed but Python 3.11+ and make.
VENV ?= .venv
PORT ?= 8000
PYTHON3 ?= python3
# How many test processes.
WORKERS ?= 2

BIN := $(abspath $(VENV))/bin
INSTALLED := $(VENV)/installed.lock
export PATH := $(BIN):$(PATH)
export PORT

# A real deployment's environment, as far as `check --deploy` can see it.
PRODUCTION = SITE_URL=https://cs.example.com ALLOWED_HOSTS=cs.example.com BEHIND_PROXY=1 \
	SECRET_KEY=$$(python -c "import secrets; print(secrets.token_urlsafe(50))")

.PHONY: help demo test check lint format types django-check messages bench soak browser pooler clean

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## Everything, with demo data, on http://127.0.0.1:PORT (8000)
	@python -m cs_platform.demo

test: check browser pooler ## All that continuous integration runs
	pytest -n $(WORKERS) --dist worksteal

check: lint types django-check ## Style, floors, types, migrations, deployment settings

lint: $(INSTALLED)
	ruff check .
	ruff format --check .
	lint-imports
	find templates -name '*.html' -print0 | xargs -0 -r djade --check --target-version 5.2

format: $(INSTALLED) ## Rewrite what `check` would complain about
	ruff check --fix-only --quiet .
	ruff format --quiet .
	find templates -name '*.html' -print0 | xargs -0 -r djade --target-version 5.2 || true

types: $(INSTALLED)
	mypy

django-check: $(INSTALLED) messages
	@# The warning it silences: there may be no database yet to compare with.
	python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PRODUCTION) python manage.py check --deploy --fail-level WARNING

messages: $(INSTALLED) ## Compile the translations
	@[ ! -d locale ] || pybabel --quiet compile --directory locale --domain django

bench: $(INSTALLED) messages ## Print the measured ratios
	python -m bench

soak: $(INSTALLED) messages ## An hour of faults under load with the audit, then the long fault tests
	python -m bench.soak
	ROLL_UP_KILLS=20 FAULTS_KILLS=20 FAULTS_SECONDS=30 pytest -n $(WORKERS) -m fault

browser: # Tests drive a real one; only the superuser can install it here
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
		command -v $$name >/dev/null && exit 0; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium; \
	else \
		echo "The tests drive a browser: please install chromium or google-chrome." >&2; \
		exit 1; \
	fi

pooler: # A test runs behind one; only the superuser can install it here
	@PATH=$$PATH:/usr/sbin command -v pgbouncer >/dev/null && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends pgbouncer; \
	else \
		echo "A test runs behind a connection pooler: please install pgbouncer." >&2; \
		exit 1; \
	fi

clean: ## Stop the built-in servers; remove their data and .venv
	@cd cs_platform && $(PYTHON3) -m embedded stop ../var
	rm -rf var .venv

# By content, not only by date: a switch of branches is no reason to install again.
$(INSTALLED): requirements-dev.lock
	@$(PYTHON3) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; say which with PYTHON3=..." >&2; exit 1; }
	@cmp -s $< $@ || { \
		echo "Installing packages into $(VENV): once, a minute or two ..."; \
		$(PYTHON3) -m venv $(VENV) && \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check \
			--progress-bar off --require-hashes -r $<; \
	}
	@cp $< $@
