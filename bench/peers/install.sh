#!/usr/bin/env sh
# Builds the programs that Sluice is compared with and tested against, at pinned versions, through the Go module proxy, into
# a cache outside the repository. Needs Go; takes a quarter of an hour the first time, half an hour with `kubernetes`.
# Tests use programs of Debian too, and skip without them: apt-get install -y logrotate rsyslog bzip2 systemd-journal-remote.
# Prints where they are. Usage: install.sh [kubernetes | chromium]; `chromium` is Debian's package, for the tests of the pages.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/sluice-peers
collector_version=0.162.0
processors_version=0.158.0
filelog_version=0.165.1
kubernetes_version=1.34.4

if [ "${1:-}" = chromium ]; then
  command -v chromium >/dev/null || (apt-get update && apt-get install -y --no-install-recommends chromium fonts-dejavu-core) >&2
  command -v chromium
  exit
fi
command -v go >/dev/null || { echo "Go is not installed: the comparison with peers is skipped." >&2; exit 3; }
mkdir -p "$cache"

# build NAME PACKAGE VERSION [TAGS]: as a dependency of an empty module, because `go install` refuses modules that replace others.
build() {
  [ ! -x "$cache/$1-$3" ] || return 0
  echo "Building $1 $3" >&2
  folder=$(mktemp -d)
  (cd "$folder" && go mod init peer.build && go get "$2@$3" \
    && go build ${4:+-tags "$4"} -trimpath -ldflags "-s -w" -o "$cache/$1-$3" "$2") >&2
  rm -r "$folder"
}

# The Collector is a main of our own, with the components that are compared; -storage says that file_storage is among them.
if [ ! -x "$cache/otelcol-storage-$collector_version" ]; then
  (cd "$here/otelcol" && go build -trimpath -ldflags "-s -w" -o "$cache/otelcol-storage-$collector_version" .)
  ln -f "$cache/otelcol-storage-$collector_version" "$cache/otelcol-$collector_version"
fi
if [ ! -x "$cache/processors-chain-$processors_version" ]; then
  (cd "$here/processors" && go build -trimpath -ldflags "-s -w" -o "$cache/processors-chain-$processors_version" .)
fi
if [ ! -x "$cache/filelog-$filelog_version" ]; then
  (cd "$here/filelog" && go build -trimpath -ldflags "-s -w" -o "$cache/filelog-$filelog_version" .)
fi
build telemetrygen github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen v0.161.0
build promtool github.com/prometheus/prometheus/cmd/promtool v0.305.0
build prometheus github.com/prometheus/prometheus/cmd/prometheus v0.313.0 remove_all_sd,enable_moby_sd
build node-exporter github.com/prometheus/node_exporter v1.11.1
build victoria-metrics github.com/VictoriaMetrics/VictoriaMetrics/app/victoria-metrics v1.151.0
build vmagent github.com/VictoriaMetrics/VictoriaMetrics/app/vmagent v1.151.0
build victoria-logs github.com/VictoriaMetrics/VictoriaLogs/app/victoria-logs v1.52.1
build vlagent github.com/VictoriaMetrics/VictoriaLogs/app/vlagent v1.52.1

if [ "${1:-}" = kubernetes ]; then
  build helm helm.sh/helm/v3/cmd/helm v3.22.0
  if [ ! -x "$cache/etcd-v3.6.12" ]; then
    folder=$(mktemp -d)
    printf 'package main\n\nimport (\n\t"os"\n\n\t"go.etcd.io/etcd/server/v3/etcdmain"\n)\n\nfunc main() { etcdmain.Main(os.Args) }\n' >"$folder/main.go"
    (cd "$folder" && go mod init peer.build && go get go.etcd.io/etcd/server/v3@v3.6.12 \
      && go build -trimpath -ldflags "-s -w" -o "$cache/etcd-v3.6.12" .) >&2
    rm -r "$folder"
  fi
  if [ ! -x "$cache/kube-apiserver-v$kubernetes_version" ]; then
    folder=$(mktemp -d)
    (
      cd "$folder"
      go mod init peer.build
      # Kubernetes replaces its staging modules by folders of its own repository: here they are the published ones.
      staging=v0.${kubernetes_version#1.}
      for module in api apiextensions-apiserver apimachinery apiserver cli-runtime client-go cloud-provider \
        cluster-bootstrap code-generator component-base component-helpers controller-manager cri-api cri-client \
        csi-translation-lib dynamic-resource-allocation endpointslice externaljwt kms kube-aggregator \
        kube-controller-manager kube-proxy kube-scheduler kubectl kubelet metrics mount-utils pod-security-admission \
        sample-apiserver sample-cli-plugin sample-controller; do
        go mod edit -replace "k8s.io/$module=k8s.io/$module@$staging"
      done
      go get "k8s.io/kubernetes/cmd/kube-apiserver@v$kubernetes_version"
      go build -trimpath -ldflags "-s -w" -o "$cache/kube-apiserver-v$kubernetes_version" k8s.io/kubernetes/cmd/kube-apiserver
    ) >&2
    rm -r "$folder"
  fi
fi
echo "$cache"
