#!/bin/sh
# Known faults in our packages (needs the advisory feed), and Lighthouse on five pages of a running demo (make demo).
# What cannot be reached is said, and is no pass: exit code 1.
set -u
failed=0
.venv/bin/uv pip install -q pip-audit
.venv/bin/pip-audit -r requirements.txt --no-deps --disable-pip --progress-spinner off || failed=1
base=${BASE:-http://localhost:8000}
if .venv/bin/python -c "import sys, urllib.request as u; u.urlopen(sys.argv[1] + '/healthz', timeout=3)" "$base" 2>/dev/null; then
    home=.fixtures/lighthouse
    [ -d "$home/node_modules/lighthouse" ] || npm install --silent --ignore-scripts --prefix "$home" lighthouse@12.8.2
    for path in /zh-CN /en /en/products /en/products/travel-flask /en/cart; do
        out=$home/$(echo "$path" | tr / _).json
        CHROME_PATH=$(command -v chromium) "$home/node_modules/.bin/lighthouse" "$base$path" --quiet --output=json --output-path="$out" \
            --chrome-flags="--headless --no-sandbox --disable-gpu" || failed=1
        .venv/bin/python -c "import json, sys; c = json.load(open(sys.argv[2]))['categories']; print(sys.argv[1], *[f'{k} {round(100 * v[\"score\"])}' for k, v in c.items()])" "$path" "$out"
    done
else
    echo "no shop at $base: start one with make demo for Lighthouse" && failed=1
fi
exit $failed
