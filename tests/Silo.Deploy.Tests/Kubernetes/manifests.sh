#!/usr/bin/env bash
# Renders and checks the manifests of k8s/ without a cluster: manifests.sh render DIR | check FILE (see manifests.mjs).
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$here/../../.." && pwd)
# shellcheck source=scripts/build.sh
. "$ROOT/scripts/build.sh"
# shellcheck source=scripts/install.sh
. "$ROOT/scripts/install.sh"

need_npm tests/Silo.Deploy.Tests/Kubernetes || exit 1
exec node "$here/manifests.mjs" "$@"
