#!/usr/bin/env bash
# subproject_testing.sh SETTINGS: a parent project that has the dependencies asks for the test kit and the tests.
source "$(dirname "${BASH_SOURCE[0]}")/functions.sh"
source "$here/parent.sh"
configure_parent "$work/parent_testing" -DOPERATE_BUILD_TESTING=ON -DOPERATE_BUILD_TESTS=ON
build_targets "$work/parent_testing" service_test
say "Running service_test."
"$work/parent_testing/service_test"
