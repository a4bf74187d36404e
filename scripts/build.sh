#!/bin/sh
# build.sh VERSION DIR: build the wheel and the sdist of the last commit as that version into DIR, and check them.
# The checkout is left as it is. PYTHON names the interpreter, which needs `build` and `twine`.
set -eu

if [ $# -ne 2 ] || ! printf '%s' "$1" | grep -Eqx '[0-9]+(\.[0-9]+)*((a|b|rc)[0-9]+)?(\.post[0-9]+)?(\.dev[0-9]+)?'; then
    echo "usage: build.sh VERSION DIR, as in build.sh 0.2.0.dev1 dist" >&2
    exit 2
fi
version=$1
mkdir -p "$2"
output=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git archive HEAD | tar -x -C "$copy"
sed "s/^version = \".*\"$/version = \"$version\"/" "$copy/pyproject.toml" >"$copy/pyproject.patched"
mv "$copy/pyproject.patched" "$copy/pyproject.toml"
"$python" -m build --outdir "$output" "$copy"
"$python" -m twine check --strict "$output"/*
