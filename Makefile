# Point Contact : tout se fait d’ici. « make help » dit quoi. Il faut git, make et python3-venv (Debian 12).
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.installed
SOAK_HOURS ?= 1
HOURS ?= $(SOAK_HOURS)
FROM_SEED ?=

.PHONY: help install demo test soak pins documents

help: ## Ce que make sait faire
	@sed -nE 's/^([a-z]+):[^#]*## (.*)$$/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s '|'

install: $(STAMP) ## Installe dans .venv ce qu’il faut à la borne, au hub et aux essais
	@packaging/system_packages.sh demo

demo: $(STAMP) ## Lance un hub et une borne de démonstration (Ctrl-C pour arrêter)
	@packaging/system_packages.sh demo
	@exec $(VENV)/bin/point-contact demo $(DEMO_OPTIONS)

test: $(STAMP) ## Lance tous les essais et toutes les vérifications
	@packaging/system_packages.sh test
	@exec $(VENV)/bin/python packaging/run_tests.py $(PARTS)

soak: $(STAMP) ## Lance les longues simulations, qui reprennent où elles en étaient (HOURS=8 FROM_SEED=0)
	@SOAK_HOURS="$(HOURS)" SOAK_FROM_SEED="$(FROM_SEED)" exec $(VENV)/bin/python packaging/run_tests.py soak

documents: $(STAMP) ## Réécrit docs/commands.md et docs/settings.md d’après le code
	@$(VENV)/bin/python packaging/write_documents.py

pins: $(STAMP) ## Réécrit requirements/ (versions et empreintes), sans adresse de dépôt
	@PYTHON="$(PYTHON)" packaging/pin_requirements.sh

# One marker file: nothing is installed again until a pin or the project's own description changes.
$(STAMP): requirements/build.txt requirements/test.txt pyproject.toml
	@test -x $(VENV)/bin/python || $(PYTHON) -m venv $(VENV) || { \
	  echo "Le module venv manque : lancez « apt-get install python3-venv », puis recommencez." >&2; exit 1; }
	@echo "Installation des bibliothèques dans $(VENV) (une à trois minutes)…"
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.txt
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --no-index -e .
	@touch $@
