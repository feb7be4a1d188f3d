#!/usr/bin/env bash
# syntax_only.sh COMPILER ARGUMENT...: a compiler launcher that writes an empty object file, if there is neither an error
# nor a warning.
set -euo pipefail
"$@" -fsyntax-only -Werror
while [[ $1 != -o ]]; do shift; done
: >"$2"
