#!/usr/bin/env sh
# Builds the programs that the daemon is compared with, at pinned versions, through the Go module proxy, into a cache
# outside the repository. Needs Go; takes a few minutes the first time. Prints where they are.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/sluice-peers
telemetrygen_version=v0.161.0
collector_version=0.162.0
promtool_version=v0.305.0

command -v go >/dev/null || { echo "Go is not installed: the comparison with peers is skipped." >&2; exit 3; }
mkdir -p "$cache"
if [ ! -x "$cache/otelcol-$collector_version" ]; then
  (cd "$here/otelcol" && go build -trimpath -ldflags "-s -w" -o "$cache/otelcol-$collector_version" .)
fi
if [ ! -x "$cache/telemetrygen-$telemetrygen_version" ]; then
  GOBIN=$cache/tmp go install "github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen@$telemetrygen_version"
  mv "$cache/tmp/telemetrygen" "$cache/telemetrygen-$telemetrygen_version"
fi
if [ ! -x "$cache/promtool-$promtool_version" ]; then
  # Its module replaces others, which `go install` refuses: build it as a dependency.
  build=$(mktemp -d)
  (cd "$build" && go mod init promtool.build && go get "github.com/prometheus/prometheus/cmd/promtool@$promtool_version" \
    && go build -trimpath -ldflags "-s -w" -o "$cache/promtool-$promtool_version" github.com/prometheus/prometheus/cmd/promtool)
  rm -r "$build"
fi
echo "$cache"
