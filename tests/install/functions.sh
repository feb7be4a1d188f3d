# What the tests of the package share; sourced by each, with the settings of the build that runs it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=/dev/null
source "$1"
shift
export CCACHE_NOHASHDIR=1 # Another folder does not make other code.
unset "${!OPERATE_@}"

say() { echo "[$SECONDS s] $*"; }
fail() { echo "FAILED: $*" >&2; exit 1; }

# quietly COMMAND...: its output only if it fails.
quietly() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    fail "$*"
  fi
  rm -f "$log"
}

# configures ARGUMENT...: cmake, with neither an error nor a warning.
configures() {
  local log
  log=$(mktemp)
  cmake --no-warn-unused-cli "$@" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; fail "cmake $*"; }
  if grep -E '^CMake .*Warning' "$log" >/dev/null; then
    cat "$log" >&2
    rm -f "$log"
    fail "CMake warns: cmake $*"
  fi
  rm -f "$log"
}

# fresh FOLDER: an empty folder for this test.
fresh() {
  rm -rf "$1"
  mkdir -p "$1"
}

# configure_consumer SOURCE BUILD [CMAKE_ARGUMENT...]: a project that uses the library.
configure_consumer() {
  say "Configuring $(basename "$1") in $(basename "$2")."
  configures -S "$1" -B "$2" "${toolchain[@]}" -DCMAKE_BUILD_TYPE= -DCMAKE_PREFIX_PATH="$dependencies" \
    -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" "${@:3}"
}

# build_targets BUILD TARGET...
build_targets() {
  say "Building ${*:2}."
  quietly cmake --build "$1" -j 2 --target "${@:2}"
}

# build_library KIND CONFIGURATION BUILD: another build of the library. Its object files are those of the build that runs
# the test: how they are linked and what the library is called do not change them.
build_library() {
  local shared=OFF
  [[ $1 == static ]] || shared=ON
  say "Linking a $1 library, configuration '$2', from the object files of this build."
  configures -S "$source" -B "$3" "${toolchain[@]}" -DCMAKE_BUILD_TYPE="$2" -DCMAKE_PREFIX_PATH="$dependencies" \
    -DCMAKE_CXX_COMPILER_LAUNCHER="$here/reuse_objects.sh;$build/src/CMakeFiles;$objects_folder" \
    -DBUILD_SHARED_LIBS=$shared -DOPERATE_BUILD_TESTS=OFF -DOPERATE_BUILD_EXAMPLES=OFF
  quietly cmake --build "$3" -j 2
}

# build_of KIND: the folder of the build that prefix.sh installed.
build_of() { if [[ $1 == "$kind" ]]; then echo "$build"; else echo "$work/build-$1"; fi; }

# install_to PREFIX BUILD [ARGUMENT...]
install_to() { quietly cmake --install "$2" --config "$config" --prefix "$1" "${@:3}"; }

# files_of FOLDER: all files and links below it, sorted, relative to it.
files_of() { (cd "$1" && find . ! -type d | sed 's|^\./||' | LC_ALL=C sort); }
