#!/usr/bin/env bash
# install_test.sh SOURCE WORK [CMAKE_ARGUMENT...]: installs the library, static and shared, each into an empty prefix,
# moves the prefix, and builds and runs a stranger's project against it, in C++17, 20 and 23.
set -euo pipefail
source=$1 work=$2
shift 2
export CCACHE_NOHASHDIR=1 # The same sources with the same options were compiled by the build that runs this.
# Only the library's own builds stay from an earlier run, and only where they were made alike.
[[ -e $work/arguments && $(<"$work/arguments") == "$*" ]] || rm -rf "$work"
mkdir -p "$work"
echo "$*" > "$work/arguments"
rm -rf "$work"/first-* "$work"/prefix-* "$work"/stranger-*

for kind in static shared; do
  how=(-DBUILD_SHARED_LIBS=OFF)
  # What the build that runs this has not compiled, in fewer and larger files.
  [[ $kind == static ]] || how=(-DBUILD_SHARED_LIBS=ON -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=12
                                -DCMAKE_CXX_FLAGS=-Wno-subobject-linkage)
  cmake -S "$source" -B "$work/build-$kind" "${how[@]}" -DOPERATE_BUILD_TESTS=OFF -DOPERATE_BUILD_EXAMPLES=OFF \
    -DCMAKE_INSTALL_PREFIX="$work/first-$kind" "$@" >/dev/null
  cmake --build "$work/build-$kind" -j "$(nproc)" >/dev/null
  cmake --install "$work/build-$kind" >/dev/null
  mv "$work/first-$kind" "$work/prefix-$kind"
  if grep -rIlF -e "$work" -e "$source" "$work/prefix-$kind"; then
    echo "These files of the package name a folder of the machine that built it." >&2
    exit 1
  fi
  # The emulator's program finds its library at the new place.
  "$work/prefix-$kind/bin/operate-emulator" --help >/dev/null

  # How it is linked and in which standard it is used have nothing to do with each other.
  standards=(17 20 23)
  [[ $kind == static ]] || standards=(17)
  for standard in "${standards[@]}"; do
    cmake -S "$source/tests/install/stranger" -B "$work/stranger-$kind-$standard" -DCMAKE_CXX_STANDARD=$standard \
      -DCMAKE_PREFIX_PATH="$work/prefix-$kind" "$@" -DCMAKE_BUILD_TYPE= >/dev/null
    # GoogleTest takes long to compile.
    targets=(app service_test)
    [[ $kind == static ]] || targets+=(company_sync_test)
    cmake --build "$work/stranger-$kind-$standard" -j "$(nproc)" --target "${targets[@]}" >/dev/null
    for target in "${targets[@]:1}"; do "$work/stranger-$kind-$standard/$target"; done
    echo "$kind, C++$standard: a stranger's project builds and runs."
  done
done

library=$(find "$work/prefix-shared" -name liboperate.so)
soname=$(readelf -d "$library" | sed -n 's/.*SONAME.*\[\(.*\)\].*/\1/p')
version=$(sed -n 's/#define OPERATE_VERSION_M[AI][A-Z]* //p' "$source/include/operate/version.hpp" | paste -sd .)
[[ $soname == "liboperate.so.$version" ]] || { echo "The SONAME is $soname, not liboperate.so.$version." >&2; exit 1; }
readelf -d "$library" | grep NODELETE >/dev/null || { echo "The library may be unloaded while a look-up's thread runs." >&2; exit 1; }

# What is exported is of operate's own versioned namespace, and nothing of the libraries inside.
foreign=$(nm -DC --defined-only "$library" | cut -d ' ' -f 3- |
          grep -vE '^((vtable|typeinfo|typeinfo name|guard variable|VTT|non-virtual thunk) (for|to) )?operate::v0::' || true)
[[ -z $foreign ]] || { echo "The library exports what is not its own:"; echo "$foreign"; exit 1; } >&2

# Another minor version may have another ABI, so the package refuses to stand in for it.
mkdir -p "$work/newer"
cat > "$work/newer/CMakeLists.txt" <<'NEWER'
cmake_minimum_required(VERSION 3.22)
project(newer LANGUAGES NONE)
foreach(version 0.2 1.0)
  find_package(operate ${version} CONFIG QUIET)
  if(operate_FOUND)
    message(FATAL_ERROR "operate 0.1 passed for ${version}.")
  endif()
endforeach()
NEWER
cmake -S "$work/newer" -B "$work/newer/build" -DCMAKE_PREFIX_PATH="$work/prefix-shared" >/dev/null

# The same source as a part of a larger build.
mkdir -p "$work/parent"
cat > "$work/parent/CMakeLists.txt" <<PARENT
cmake_minimum_required(VERSION 3.22)
project(parent LANGUAGES CXX)
find_package(nlohmann_json REQUIRED)
add_subdirectory("$source" operate)
add_executable(parent "$source/tests/install/stranger/service_test.cpp")
target_link_libraries(parent PRIVATE operate::testing nlohmann_json::nlohmann_json)
PARENT
cmake -S "$work/parent" -B "$work/parent/build" "$@" >/dev/null
cmake --build "$work/parent/build" -j "$(nproc)" --target parent >/dev/null
"$work/parent/build/parent"
[[ ! -e $work/parent/build/operate/tests ]] || { echo "A larger build gets our tests." >&2; exit 1; }
echo "As a part of a larger build: it builds and runs."
