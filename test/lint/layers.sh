#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Which layer may include what: stun/ plain C headers, turn/ GLib and stun/ besides, and analyzer/
# and plugin/ never each other. And only the two upper layers read or write anything.
# Usage: layers.sh SOURCE_DIR
set -eu
cd "$1"
. test/lint/common.sh

# Headers of C11 without the clock, the locale and signals. stdio.h is there for snprintf.
plain_c='<(assert|ctype|errno|inttypes|limits|stdalign|stdarg|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string)\.h>'

# includes FOLDER: each #include as "file:line:...".
includes() {
    [ -d "$1" ] || return 0
    grep -rnE '^[[:space:]]*#[[:space:]]*include' --include='*.[ch]' --include='*.def' "$1" || true
}

# only FOLDER PATTERN: the includes of FOLDER that PATTERN does not allow.
only() {
    includes "$1" | grep -vE "include[[:space:]]+($2)" || true
}

# never FOLDER OTHER: the includes of FOLDER that reach into OTHER.
never() {
    includes "$1" | grep -E "[<\"](\.\./)*$2/" || true
}

printing='(g_)?(printf|fprintf|vfprintf|print|printerr|puts|fputs|putchar|fopen|open|read|write)'

# input_output FOLDER: the lines that read or write.
input_output() {
    grep -rnE "(^|[^[:alnum:]_])$printing\(" \
        --include='*.[ch]' "$1" || true
}

verdict "$(
    only stun "$plain_c|\"stun/"
    only turn "$plain_c|<glib\.h>|\"stun/|\"turn/"
    never analyzer plugin
    never analyzer test
    never plugin analyzer
    never plugin test
)" "a layer includes only the layers below it (stun, turn, then analyzer or plugin)"

verdict "$(
    input_output stun
    input_output turn
)" "stun/ and turn/ neither print nor touch files"
