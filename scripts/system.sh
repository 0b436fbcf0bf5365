#!/bin/sh
# The tests need a browser and a PostgreSQL server, and with ClamAV's daemon they also scan for real. Installs them on
# Debian where that is allowed, else says what to do. Without ClamAV the tests of the real scanner are left out.
set -eu
missing=
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || missing="$missing chromium"
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1 || missing="$missing postgresql"
wanted=
PATH="$PATH:/usr/sbin" command -v clamd >/dev/null 2>&1 || wanted=" clamav-daemon"
[ -z "$missing$wanted" ] && exit 0

as_root=
[ "$(id -u)" -eq 0 ] || as_root="sudo -n"
if command -v apt-get >/dev/null 2>&1 && $as_root true 2>/dev/null; then
    echo "Installing$missing$wanted ..."
    $as_root apt-get update -qq
    # shellcheck disable=SC2086 # words, one package each
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing $wanted >/dev/null
    exit 0
fi
[ -z "$missing" ] && exit 0
echo "The tests need:$missing" >&2
echo "On Debian, as root: apt-get install$missing" >&2
echo "Elsewhere: install them, and name the browser in CHROMIUM when it is not /usr/bin/chromium." >&2
exit 1
