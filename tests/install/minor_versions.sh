#!/usr/bin/env bash
# minor_versions.sh SETTINGS: another minor version may have another ABI, so the package does not pass for it.
source "$(dirname "${BASH_SOURCE[0]}")/functions.sh"
fresh "$work/newer"
configure_consumer "$here/newer" "$work/newer" -DCMAKE_PREFIX_PATH="$work/prefix-shared"
