#!/usr/bin/env bash
# reuse_objects.sh FOLDER CONFIGURATION COMPILER [ARGUMENT...]: a compiler launcher. It copies an object file of this
# library from another build, whose folder src/CMakeFiles is FOLDER. It compiles what is not there, and the file whose name
# ends in OPERATE_TEST_COMPILES.
set -euo pipefail
folder=$1 configuration=$2
shift 2
object='' dependencies='' previous=''
for argument in "$@"; do
  case $previous in
    -o) object=$argument ;;
    -MF) dependencies=$argument ;;
  esac
  previous=$argument
done
name=${object##*CMakeFiles/}
existing=$folder/${name%%.dir/*}.dir/${configuration:+$configuration/}${name#*.dir/}
if [[ $name == operate*.dir/* && -e $existing ]] && [[ ! ${OPERATE_TEST_COMPILES:-} || $name != *$OPERATE_TEST_COMPILES ]]; then
  cp "$existing" "$object"
  [[ -z $dependencies ]] || echo "$object:" >"$dependencies"
else
  exec "$@"
fi
