#!/usr/bin/env bash
# pkg_config.sh SETTINGS KIND: a Makefile, and a project of Meson, that find the library by pkg-config.
source "$(dirname "${BASH_SOURCE[0]}")/functions.sh"
wanted=$1
folder=$work/pkg_config-$wanted
fresh "$folder"
cp "$here/make/Makefile" "$here/program.cpp" "$folder"
export PACKAGE=operate$postfix CXX="$compiler"
export PKG_CONFIG_PATH=$work/prefix-$wanted/$libdir/pkgconfig LD_LIBRARY_PATH=$work/prefix-$wanted/$libdir

say "pkg-config: $(pkg-config --cflags --libs "$PACKAGE" | sed "s|$work|...|g")"
has_definition=$(pkg-config --cflags "$PACKAGE" | grep -cw -e -DOPERATE_STATIC || true)
[[ $has_definition == "$([[ $wanted == static ]] && echo 1 || echo 0)" ]] || fail "OPERATE_STATIC is not for this library."
if [[ $wanted == shared ]] && pkg-config --libs "$PACKAGE" | grep -q curl; then
  fail "A program need not be linked with libcurl, which the shared library loads."
fi
say "Building by make."
quietly make -C "$folder"
say "Running program."
"$folder/program"
if [[ $wanted == shared ]]; then
  readelf -d "$folder/program" | grep -F "NEEDED" | grep -qF "liboperate$postfix.so" || fail "It is not linked with it."
fi

if type -P meson ninja >/dev/null; then
  say "Building by Meson."
  sed "s/'operate'/'$PACKAGE'/" "$here/make/meson.build" >"$folder/meson.build"
  quietly meson setup "$folder/meson" "$folder"
  quietly ninja -C "$folder/meson"
  say "Running program."
  "$folder/meson/program"
else
  say "Meson is not installed, so it is not tested."
fi
