#!/usr/bin/env bash
# subproject.sh SETTINGS: a part of a parent project, which has the dependencies: searches, changes and installs nothing.
source "$(dirname "${BASH_SOURCE[0]}")/functions.sh"
source "$here/parent.sh"
configure_parent "$work/parent"
say "The parent's headers of nlohmann_json are used."
file=$source/src/json/resources.cpp
# In a unity build, it is a part of another file.
unity=$(grep -rlF "$file" "$work/parent" --include='unity_*.cxx' || true)
file=${unity:-$file}
grep -F "$file" "$work/parent/compile_commands.json" | grep -qF "$work/parent/json" ||
  fail "There is another nlohmann_json."
# One file is compiled with them; the other object files are there already.
export OPERATE_TEST_COMPILES=${file##*/}.o
build_targets "$work/parent" program
say "Running program."
"$work/parent/program"

say "The parent installs its own files alone."
quietly cmake --build "$work/parent"
quietly cmake --install "$work/parent" --prefix "$work/parent/prefix"
[[ $(files_of "$work/parent/prefix") == parent/program.cpp ]] || fail "Installed: $(files_of "$work/parent/prefix")"
