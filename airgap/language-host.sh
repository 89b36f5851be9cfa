#!/bin/sh
# Pulumi's Node.js language host, as the air-gapped engine starts it. The one that can be built from registries is older
# than the CLI and does not see the options of Pulumi.yaml: what `typescript: false` says there is said here by its flag.
exec "${0%/*}/nodejs-language-host" -typescript=false "$@"
