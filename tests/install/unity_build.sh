#!/usr/bin/env bash
# unity_build.sh SETTINGS: all sources of the library, and all of the test kit, compile as one file each.
source "$(dirname "${BASH_SOURCE[0]}")/functions.sh"
folder=$work/unity
fresh "$folder"
# Empty object files cannot be archived.
configure_consumer "$source" "$folder" -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=0 \
  -DCMAKE_CXX_COMPILER_LAUNCHER="$here/syntax_only.sh" -DCMAKE_AR="$(type -P true)" -DCMAKE_RANLIB="$(type -P true)" \
  -DCMAKE_BUILD_TYPE=Debug -DOPERATE_BUILD_TESTS=OFF -DOPERATE_BUILD_EXAMPLES=OFF
for target in operate_objects operate_testing; do
  files=$(find "$folder/src/CMakeFiles/$target.dir" -name '*.cxx' | wc -l)
  [[ $files == 1 ]] || fail "$target has $files files."
done
build_targets "$folder" operate_objects operate_testing
