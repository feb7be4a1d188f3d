#!/usr/bin/env bash
# old_policies.sh SETTINGS: a project with the oldest policies that this CMake accepts can use the package.
source "$(dirname "${BASH_SOURCE[0]}")/functions.sh"
folder=$work/old_caller
fresh "$folder"
configure_consumer "$here/old_caller" "$folder" -Wno-deprecated -DCMAKE_PREFIX_PATH="$work/prefix-static;$dependencies"
build_targets "$folder" program
say "Running program."
"$folder/program"
