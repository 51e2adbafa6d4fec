# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
# What the checks share. Sourced with the root of the source tree as working folder.

# The folders of C code. Lists come from the folders and not from git, since a source package has no git.
c_folders() {
    for folder in stun turn analyzer plugin test; do
        [ ! -d "$folder" ] || echo "$folder"
    done
}

# c_sources: every C file. Tables (*.def) are laid out by hand, a row a line, and are not among them.
c_sources() {
    c_folders | xargs -I FOLDER find FOLDER -name '*.[ch]' -type f | LC_ALL=C sort
}

# need PROGRAM PACKAGE
need() {
    if ! command -v "$1" >/dev/null; then
        echo "$1 is not installed. Run: ./dev install-packages (Debian package $2)"
        exit 1
    fi
}

# verdict FINDINGS RULE: fails with FINDINGS (a text, one a line) and the rule that they break.
verdict() {
    [ -n "$1" ] || return 0
    echo "$1"
    echo "Rule: $2"
    exit 1
}
