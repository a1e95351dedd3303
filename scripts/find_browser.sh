#!/bin/sh
# Makes sure that the browser tests have a Chromium with Chinese fonts, in this order: the system's
# own, Debian's packages (as root), Playwright's download.
set -eu
if [ -x /usr/bin/chromium ]; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq </dev/null
  if apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk </dev/null; then
    exit 0
  fi
  echo "apt-get could not install chromium; trying Playwright's own" >&2
fi
exec .venv/bin/playwright install chromium </dev/null
