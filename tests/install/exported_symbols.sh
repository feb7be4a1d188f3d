#!/usr/bin/env bash
# exported_symbols.sh SETTINGS: the shared library's name, and what it exports.
source "$(dirname "${BASH_SOURCE[0]}")/functions.sh"
version=$(sed -n 's/#define OPERATE_VERSION_M[AI][A-Z]* //p' "$source/include/operate/version.hpp" | paste -sd .)
namespace=operate::v${version/./_} # Inline, and a part of every symbol.
library=$work/prefix-shared/$libdir/liboperate$postfix.so

soname=$(readelf -d "$library" | sed -n 's/.*SONAME.*\[\(.*\)\].*/\1/p')
say "The SONAME is $soname."
[[ $soname == "liboperate$postfix.so.$version" ]] || fail "It should be liboperate$postfix.so.$version."

say "The library is never unloaded, because a look-up's thread may still run in it."
readelf -d "$library" | grep NODELETE >/dev/null || fail "There is no flag NODELETE."

say "All exported symbols are in $namespace."
symbols=$(nm -DC --defined-only "$library" | cut -d ' ' -f 3-)
own="^((vtable|typeinfo|typeinfo name|guard variable|VTT|non-virtual thunk) (for|to) )?$namespace::"
grep -E "$own" <<<"$symbols" >/dev/null || fail "There are none."
foreign=$(grep -vE "$own" <<<"$symbols" || true)
[[ -z $foreign ]] || fail "These are not: $foreign"
