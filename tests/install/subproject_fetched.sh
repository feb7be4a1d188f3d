#!/usr/bin/env bash
# subproject_fetched.sh SETTINGS: a parent project that has no dependency fetches the library, which finds them.
source "$(dirname "${BASH_SOURCE[0]}")/functions.sh"
folder=$work/fetched_parent
fresh "$folder"
configure_consumer "$here/fetched_parent" "$folder" -Doperate="$source" \
  -DCMAKE_CXX_COMPILER_LAUNCHER="$here/reuse_objects.sh;$build/src/CMakeFiles;$objects_folder"
build_targets "$folder" program
say "Running program."
"$folder/program"
