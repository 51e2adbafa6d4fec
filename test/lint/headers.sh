#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each header compiles alone, and also when it is included twice. Usage: headers.sh SOURCE_DIR BUILD_DIR
set -eu
source_dir=$1
build_dir=$2
cd "$source_dir"
. test/lint/common.sh
need cc build-essential
need pkg-config pkg-config

# flags FOLDER: what headers of FOLDER may see. stun/ gets nothing, which proves that it needs nothing.
flags() {
    case $1 in
        stun) ;;
        turn) pkg-config --cflags glib-2.0 ;;
        test) pkg-config --cflags glib-2.0 cmocka ;;
        *) pkg-config --cflags glib-2.0 json-glib-1.0 libpcap libarchive ;;
    esac
}

# What Wireshark headers need is known to the plugin's own build.
failures=0
for header in $(c_sources | grep '\.h$' | grep -v '^plugin/'); do
    # The flags are several words.
    # shellcheck disable=SC2046
    printf '#include "%s"\n#include "%s"\n' "$header" "$header" |
        cc -std=gnu11 -Wall -Wextra -Werror -fsyntax-only -I . -I "$build_dir" -I test \
            $(flags "${header%%/*}") -x c - || failures=1
done
[ "$failures" -eq 0 ] || {
    echo "Rule: a header includes what it needs itself, and has a guard"
    exit 1
}
