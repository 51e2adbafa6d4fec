#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds the project in a Debian of another suite, which has another Wireshark, and runs the tests of
# the plugin there. The Debian is a folder that is kept for the next time; nothing is mounted.
# Usage: in_suite.sh SOURCE_DIR SUITE PACKAGE...     as root, with debootstrap installed
# MIRROR names the package mirror; without it, it is the one of this machine.
set -eu

source=${1:?usage: in_suite.sh SOURCE_DIR SUITE PACKAGE...}
suite=${2:?usage: in_suite.sh SOURCE_DIR SUITE PACKAGE...}
shift 2

cache=${XDG_CACHE_HOME:-$HOME/.cache}/turnpcap
debian=$cache/$suite
# Stands beside the folder once it is whole.
whole=$cache/$suite.whole

say() {
    echo "$suite: $*" >&2
}

# The first package source of this machine that has whole releases and not only what came after.
mirror() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI) $(SUITE)' 'Created-By: Packages' |
        awk '$2 !~ /-(security|updates)$/ { print $1; exit }'
}

# quietly COMMAND...: shows what COMMAND printed only when it fails.
quietly() {
    log=$(mktemp)
    status=0
    "$@" >"$log" 2>&1 || status=$?
    [ $status -eq 0 ] || cat "$log" >&2
    rm -f "$log"
    return $status
}

inside() {
    chroot "$debian" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
        DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} "$@"
}

# debootstrap cannot choose among the providers of a virtual package, apt can: so it installs the rest.
make_debian() {
    from=${MIRROR:-$(mirror)}
    [ -n "$from" ] || {
        say "apt names no package mirror; name one with MIRROR=URL"
        exit 1
    }
    say "making a Debian in $debian from $from"
    rm -f "$whole"
    rm -rf --one-file-system "$debian"
    mkdir -p "$cache"
    quietly debootstrap --variant=minbase "$suite" "$debian" "$from"
    touch "$whole"
}

install_inside() {
    for file in /etc/resolv.conf /etc/hosts; do
        [ ! -e "$file" ] || cp "$file" "$debian$file"
    done
    say "installing what is missing"
    # A mirror that stands still has what a test needs.
    quietly inside apt-get -q -o Acquire::Check-Valid-Until=false update
    quietly inside apt-get -q -y install --no-install-recommends "$@"
}

# The build folder stays, so that its configuration does. Times are those of the copy: sources that are
# older than what was built of another checkout must not count as built.
copy_source() {
    rm -rf --one-file-system "$debian/source"
    mkdir "$debian/source"
    tar -C "$source" -c --exclude='./build*' --exclude=./.git --exclude=./.cache . |
        tar -C "$debian/source" -x -m --no-same-owner
}

build_inside() {
    say "building"
    quietly inside cmake -S /source -B /build -G Ninja
    quietly inside cmake --build /build --target mstun turnpcap
}

[ -e "$whole" ] || make_debian
install_inside "$@"
copy_source
build_inside
say "testing with $(inside tshark --version 2>/dev/null | head -n 1)"
inside ctest --test-dir /build -L plugin -j "$(nproc)" --output-on-failure
