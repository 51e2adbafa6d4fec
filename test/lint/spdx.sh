#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Each source file names its licence within its first three lines. Usage: spdx.sh SOURCE_DIR
set -eu
cd "$1"
. test/lint/common.sh

sources() {
    for entry in dev .ci/run CMakeLists.txt cmake samples $(c_folders); do
        find "$entry" -type f \( -name '*.[ch]' -o -name '*.def' -o -name '*.in' -o -name '*.py' \
            -o -name '*.sh' -o -name '*.cmake' -o -name CMakeLists.txt -o -name dev -o -name run \)
    done | LC_ALL=C sort
}

verdict "$(
    for file in $(sources); do
        head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-2.0-or-later' || echo "$file"
    done
)" "each of these needs the line: SPDX-License-Identifier: GPL-2.0-or-later"
