#!/usr/bin/env bash
# Fetch the pictograms, make the data, train, and write the weights into the package.
# Takes about 45 minutes on two idle cores. Usage: training/sketchbook/run.sh
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
cache="$root/.cache/sketchbook"
venv="$root/.venv-sketchbook"
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-2}"

[ -x "$venv/bin/python" ] || python3.11 -m venv "$venv"
"$venv/bin/pip" install --quiet --requirement "$here/requirements.txt"

fetch() { # package version folder
  [ -d "$cache/$3/package" ] && return
  mkdir -p "$cache/$3"
  archive="$(cd "$cache" && npm pack --silent "$1@$2" | tail -n 1)"
  tar -xzf "$cache/$archive" -C "$cache/$3"
}
fetch @lobehub/fluent-emoji-3d 1.1.0 lobehub-fluent-emoji-3d
fetch @iconify-json/noto 1.2.9 iconify-json-noto
fetch @iconify-json/noto-v1 1.2.5 iconify-json-noto-v1
fetch @iconify-json/twemoji 1.2.5 iconify-json-twemoji
fetch emojibase-data 17.0.0 emojibase-data

cd "$here"
"$venv/bin/python" prepare.py
"$venv/bin/python" train_flow.py --steps 12600 --threads "$OMP_NUM_THREADS"
"$venv/bin/python" export.py
