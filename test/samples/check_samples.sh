#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Fails when a committed sample is not what its generator writes, or not what samples/README.md says.
# Usage: check_samples.sh SOURCE_DIR
set -eu

samples=${1:?usage: check_samples.sh SOURCE_DIR}/samples
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
failures=0

fail() {
    echo "FAIL $1: $2"
    failures=$((failures + 1))
}

# -B, since a build may not write into the source tree.
python3 -B "$samples/generate.py" --output "$fresh"

for made in "$fresh"/*.pcap; do
    name=$(basename "$made")
    sum=$(sha256sum "$made" | cut -d ' ' -f 1)
    if [ ! -f "$samples/$name" ]; then
        fail "$name" "generated, but not committed"
    elif ! cmp "$made" "$samples/$name"; then
        fail "$name" "differs from what the generator writes"
    elif ! grep -q "$name.*$sum" "$samples/README.md"; then
        fail "$name" "README.md has another sha256 than $sum"
    fi
done

for committed in "$samples"/*.pcap; do
    name=$(basename "$committed")
    [ -f "$fresh/$name" ] || fail "$name" "committed, but the generator does not write it"
done

# The captures of causes are too many for sums; their page is generated with them.
diff -rq "$fresh/causes" "$samples/causes" || fail causes "differs from what the generator writes"

[ "$failures" -eq 0 ] || exit 1
echo "all samples match their generator"
