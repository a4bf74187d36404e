#!/bin/sh
# publish-local.sh VERSION testpypi: build the last commit as that version and upload it from this machine.
# Releases go through .github/workflows/publish-pypi.yml. PYTHON names the interpreter, which needs `build` and `twine`.
set -eu

if [ $# -ne 2 ] || [ "$2" != testpypi ]; then
    echo "usage: publish-local.sh VERSION testpypi; releases are published by the workflow" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")" && pwd)
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
"$here/build.sh" "$1" "$output"
"${PYTHON:-python3}" -m twine upload --repository "$2" "$output"/*
