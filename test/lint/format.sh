#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Every C file looks as .clang-format says. Usage: format.sh SOURCE_DIR
set -eu
cd "$1"
. test/lint/common.sh
need clang-format clang-format

c_sources | xargs clang-format --dry-run -Werror || {
    echo "Rule: ./dev format writes the files as they should be"
    exit 1
}
