# What the jobs share; sourced by each, in the project's folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
cores=$(getconf _NPROCESSORS_ONLN)

# install_packages PACKAGE...: installs those that are missing.
install_packages() {
  local missing=() package as_root=()
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null) == *" installed" ]] || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  echo "Installing: ${missing[*]}"
  if ((EUID != 0)); then
    command -v sudo >/dev/null || { echo "Installing packages needs root or sudo." >&2; exit 1; }
    as_root=(sudo)
  fi
  "${as_root[@]}" apt-get update -q
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}"
}

# need [PACKAGE...]: installs what the library, the test kit and the examples need, and further Debian packages of one
# job. On other systems it prints their names.
need() {
  if ! command -v dpkg-query >/dev/null; then
    cat >&2 <<'NAMES'
This is not Debian or Ubuntu, so nothing is installed. Required, if missing:
  dnf install gcc-c++ cmake make perl pkgconf-pkg-config libcurl-devel json-devel gtest-devel gmock-devel cpp-httplib-devel cli11-devel openssl-devel
  brew install cmake pkg-config curl nlohmann-json googletest cpp-httplib cli11 openssl
  vcpkg install curl nlohmann-json gtest cpp-httplib cli11 openssl
NAMES
    (($# == 0)) || echo "This job also requires (names of Debian packages): $*" >&2
    return
  fi
  . /etc/os-release
  if [[ ${ID:-} == debian && ${VERSION_ID:-99} -lt 12 ]] || [[ ${ID:-} == ubuntu && ${VERSION_ID:-99} < 22.04 ]]; then
    echo "$PRETTY_NAME is too old. Debian 12 or Ubuntu 22.04 is the minimum (GCC 11, CMake 3.22, libcurl 7.80)." >&2
    exit 1
  fi
  install_packages g++ cmake make pkg-config ca-certificates libcurl4-openssl-dev nlohmann-json3-dev libcpp-httplib-dev \
    libcli11-dev libssl-dev "$@"
}

# need_tests [PACKAGE...]: also what the tests need.
need_tests() { need perl libgtest-dev libgmock-dev curl "$@"; }

# ccache may store what is compiled with a precompiled header.
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime

# configure NAME [CMAKE_ARGUMENT...]: a build folder build/NAME. In a unity build, the library compiles three times as fast;
# -g1 is enough for the lines of a stack trace.
configure() {
  local name=$1
  shift
  command -v ccache >/dev/null && set -- -DCMAKE_CXX_COMPILER_LAUNCHER=ccache "$@"
  cmake -S . -B "build/$name" -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=12 \
    -DCMAKE_CXX_FLAGS_RELWITHDEBINFO="-O2 -g1 -DNDEBUG" "$@" >/dev/null
}

# build NAME TARGET...
build() {
  cmake --build "build/$1" -j "$cores" --target "${@:2}"
}

# tests NAME [CTEST_ARGUMENT...]
tests() {
  ctest --test-dir "build/$1" --output-on-failure -j "$cores" "${@:2}"
}

# folder_of NAME: the build folder of a sanitized build by the compiler that CXX names, or the usual one.
folder_of() { echo "$1${CXX:+-${CXX##*/}}"; }

# sanitized NAME SANITIZERS FLAGS SYMBOL...: the tests, instrumented, with further flags for the compiler; the symbols
# show that the library's own objects are. The array `options` is passed to CMake.
options=()
sanitized() {
  local symbol name
  name=$(folder_of "$1")
  # The examples are compiled and run by the plain build.
  configure "$name" -DOPERATE_SANITIZE="$2" -DCMAKE_CXX_FLAGS="$3" -DOPERATE_BUILD_EXAMPLES=OFF "${options[@]}"
  build "$name" all
  find "build/$name" -name '*.gcda' -delete
  for symbol in "${@:4}"; do
    # Not grep -q: it would end nm by SIGPIPE, which pipefail counts as a failure.
    nm "build/$name/src/liboperate.a" | grep "$symbol" >/dev/null ||
      { echo "The library is not instrumented: no $symbol." >&2; exit 1; }
  done
  tests "$name"
}
