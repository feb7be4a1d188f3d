#!/usr/bin/env bash
# consumer.sh SETTINGS KIND STANDARD TEST...: a project that has only the installed package is built in C++STANDARD, and its
# tests run.
source "$(dirname "${BASH_SOURCE[0]}")/functions.sh"
wanted=$1 standard=$2
folder=$work/consumer-$wanted-$standard
fresh "$folder"
configure_consumer "$source/tests/install/stranger" "$folder" -DCMAKE_CXX_STANDARD="$standard" \
  -DCMAKE_PREFIX_PATH="$work/prefix-$wanted;$dependencies"
targets=("${@:3}")
[[ $standard != 17 ]] || targets+=(app)
build_targets "$folder" "${targets[@]}"
for test in "${@:3}"; do
  say "Running $test."
  quietly "$folder/$test"
done
