#!/bin/sh
# certctl @VERSION@ for Linux @MACHINE@ (glibc @FLOOR@ or later): this script, and a gzipped archive behind its last
# line. The first run unpacks it into the cache of the user; later runs start from there. To remove it: delete this
# file and the directory `certctl` in ~/.cache (root: /var/cache).
set -eu
export CERTCTL_PROGRAM="$(readlink -f "$0")"
unpack() { mkdir -p "$1" && tail -n +@LINES@ "$CERTCTL_PROGRAM" | tar -xzf - -C "$1"; }

# Root uses no directory that somebody else could write.
if [ "$(id -u)" -eq 0 ]; then base=/var/cache; else base=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}; fi
place=$base/certctl/@VERSION@-@DIGEST@
umask_before=$(umask)
if [ ! -x "$place/certctl" ]; then
  umask 077
  if mkdir -p "$base/certctl" 2> /dev/null && fresh=$(mktemp -d "$base/certctl/new.XXXXXX" 2> /dev/null); then
    unpack "$fresh"
    mv -T "$fresh" "$place" 2> /dev/null || rm -rf "$fresh" # another process was faster
  fi
  umask "$umask_before"
fi
if [ -O "$place/certctl" ]; then exec "$place/certctl" "$@"; fi

# There is no cache that is ours: unpack for this run only.
umask 077
once=$(mktemp -d)
trap 'rm -rf "$once"' EXIT
trap 'exit 130' INT TERM HUP
unpack "$once"
umask "$umask_before"
code=0
"$once/certctl" "$@" || code=$?
exit "$code"
