#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# No function that cannot know the size of its target, hides errors, or takes the stack's memory
# without a limit. Usage: banned.sh SOURCE_DIR
set -eu
cd "$1"
. test/lint/common.sh

functions='gets|strcpy|stpcpy|strcat|sprintf|vsprintf|atoi|atol|atoll|atof|alloca|g_alloca|g_newa|strtok'

verdict "$(c_sources | xargs grep -nE "(^|[^[:alnum:]_])($functions)[[:space:]]*\(" || true)" \
    "use a function that is told the size, or that reports errors (snprintf, memcpy, g_ascii_string_to_unsigned)"
