# One command per thing to do; `make` lists them. Works from any folder with `make -C`.
SHELL := /bin/sh
ROOT := $(dir $(abspath $(lastword $(MAKEFILE_LIST))))
IN := cd '$(ROOT)' &&
BIN := .venv/bin
SERVE ?= 1
WORKERS ?= 2
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help env env-dev admin browser demo run test check bench soak lock openapi screenshots lighthouse

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' '$(ROOT)Makefile' | expand -t 18

demo: env admin ## A loyalty program with a year of real purchases, served on this machine (SERVE=0: only build it)
	@$(IN) exec $(BIN)/puntal demo $(if $(filter 0,$(SERVE)),--no-serve) $(ARGS)

run: env admin ## Start everything: database, API, admin, portal, jobs
	@$(IN) exec $(BIN)/puntal up $(ARGS)

test: env-dev admin browser ## Run every test on a real PostgreSQL
	@$(IN) $(BIN)/pytest -n $(WORKERS) $(ARGS) </dev/null

check: env-dev ## Lint, format, types, layers, migrations, generated documents
	@$(IN) sh scripts/admin.sh types
	@$(IN) sh scripts/check.sh

bench: env-dev ## Measure against pgbench in the same run
	@$(IN) $(BIN)/python -m bench $(ARGS)

soak: env-dev ## Run for long under load and failures, then verify every balance
	@$(IN) $(BIN)/python -m bench soak $(ARGS)

openapi: env-dev ## Write docs/openapi.json and docs/program.schema.json anew
	@$(IN) $(BIN)/python -m puntal.entrypoints.openapi

screenshots: env-dev admin browser ## Take pictures of every screen into docs/screenshots
	@$(IN) $(BIN)/python scripts/screenshots.py $(ARGS)

lighthouse: env-dev admin browser ## Measure every screen with Lighthouse (ARGS="home --phone")
	@$(IN) $(BIN)/python scripts/lighthouse.py $(ARGS)

lock: env-dev ## Write the lock files anew, with the newest versions allowed
	@$(IN) sh scripts/lock.sh

env:
	@sh '$(ROOT)scripts/environment.sh' requirements.lock

env-dev:
	@sh '$(ROOT)scripts/environment.sh' requirements-dev.lock

admin: env
	@$(IN) sh scripts/admin.sh

browser:
	@sh '$(ROOT)scripts/browser.sh'
