#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# The output that the README shows is what the program prints: the golden report of the same sample.
# Usage: readme.sh SOURCE_DIR BUILD_DIR
set -eu
cd "$1"
shown=$(mktemp)
trap 'rm -f "$shown"' EXIT
sed -n '/^\$ \.\/dev report samples\/s1-webrtc-431\.pcap$/,/^```$/p' README.md | sed '1d;$d' >"$shown"
if ! diff -u test/golden/expected/s1-webrtc-431.txt "$shown"; then
    echo "Rule: the README shows the golden report of s1-webrtc-431"
    exit 1
fi
