#!/usr/bin/env bash
# Writes requirements/*.txt: exact versions with hashes, and no address of any registry, so that the
# same files work behind a mirror. Current pins are kept; delete a file first to move to newer versions.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
"${PYTHON:-python3}" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check pip-tools

compile() { # compile OUTPUT ARGUMENTS…
  local output="$1"
  shift
  "$scratch/venv/bin/pip-compile" --quiet --no-config --generate-hashes --allow-unsafe --strip-extras \
    --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
    --output-file "$output" "$@"
}

compile requirements/test.txt --all-extras pyproject.toml
sed -nE 's/^([A-Za-z0-9._-]+==[^ ]+).*/\1/p' requirements/test.txt >"$scratch/constraints.txt"
compile requirements/terminal.txt --extra terminal --constraint "$scratch/constraints.txt" pyproject.toml
compile requirements/hub.txt --extra hub --constraint "$scratch/constraints.txt" pyproject.toml
printf 'setuptools>=77\nwheel\n' >"$scratch/build.in"
compile requirements/build.txt "$scratch/build.in"
