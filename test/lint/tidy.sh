#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# clang-tidy with the checks of .clang-tidy over every C file that the build compiles.
# Usage: tidy.sh SOURCE_DIR BUILD_DIR
set -eu
source_dir=$1
build_dir=$2
cd "$source_dir"
. test/lint/common.sh
need clang-tidy clang-tidy

commands=$build_dir/compile_commands.json
[ -f "$commands" ] || {
    echo "$commands is missing: configure with CMake 3.25 or later, with Ninja or Make"
    exit 1
}

# One process a file, as many at a time as there are processors. The counts of suppressed
# warnings that clang-tidy prints for each file say nothing.
sed -n 's/^ *"file": "\(.*\)",*$/\1/p' "$commands" | LC_ALL=C sort -u |
    xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p "$build_dir" 2>/dev/null
