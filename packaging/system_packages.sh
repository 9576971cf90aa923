#!/usr/bin/env bash
# Makes sure that the Debian packages one use needs are there: « demo » or « test ».
# As root it installs what is missing; otherwise it prints the one line to run.
# The demonstration opens in any browser, so there a missing package is only said; the tests drive
# Debian's Chromium and need it.
set -euo pipefail

use="${1:?demo ou test}"
missing=()

needs() { # needs COMMAND-OR-FILE PACKAGE
  command -v "$1" >/dev/null 2>&1 || [ -e "$1" ] || missing+=("$2")
}

needs chromium chromium
# Without a voice « Écouter » says that there is none; everything else works.
needs espeak-ng espeak-ng
needs /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf fonts-dejavu-core
if [ "$use" = test ]; then
  needs faketime faketime # programs whose clock is wrong by years
  needs ip iproute2 # a visit in a network namespace that has loopback only
fi
[ "${#missing[@]}" -gt 0 ] || exit 0

if [ "$(id -u)" = 0 ]; then
  echo "Installation des paquets Debian manquants : ${missing[*]}…"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  exit 0
fi
echo "Il manque des paquets Debian. Lancez : sudo apt-get install --no-install-recommends ${missing[*]}" >&2
[ "$use" = demo ] || exit 1
