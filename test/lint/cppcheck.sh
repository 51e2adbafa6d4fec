#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# cppcheck over every C file that the build compiles. What is suppressed, and why, stands in
# cppcheck-suppressions.txt; for a single line, in a comment "cppcheck-suppress ID ; reason" above it.
# Usage: cppcheck.sh SOURCE_DIR BUILD_DIR
set -eu
source_dir=$1
build_dir=$2
cd "$source_dir"
. test/lint/common.sh
need cppcheck cppcheck

cppcheck --project="$build_dir/compile_commands.json" -j "$(nproc)" --quiet \
    --enable=warning,style,performance,portability --inline-suppr --error-exitcode=1 \
    --library=posix --library=gtk --library=test/lint/cppcheck-glib.cfg \
    --suppressions-list=test/lint/cppcheck-suppressions.txt
