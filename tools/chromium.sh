#!/bin/sh
# Debian's Chromium and Chinese fonts, for tests in a browser.
set -eu
command -v chromium >/dev/null && fc-list 2>/dev/null | grep -qi "noto.*cjk" && exit 0
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk fontconfig >/dev/null
