#!/usr/bin/env bash
# components.sh SETTINGS: which files each install component has; together they are all files.
source "$(dirname "${BASH_SOURCE[0]}")/functions.sh"
version=$(sed -n 's/#define OPERATE_VERSION_[MP][A-Z]* //p' "$source/include/operate/version.hpp" | paste -sd .)
name=$libdir/liboperate$postfix

# is FILES EXPECTED WHAT
is() { [[ $1 == "$2" ]] || fail "$3 is: $1 -- not: $2"; }
# has FILES FILE...; lacks FILES PATTERN...
has() { for file in "${@:2}"; do grep -qxF "$file" <<<"$1" || fail "There is no $file in: $1"; done; }
lacks() { for pattern in "${@:2}"; do ! grep -E "$pattern" <<<"$1" || fail "These files are of another component."; done; }

for linking in static shared; do
  folder=$work/components-$linking
  fresh "$folder"
  for component in runtime development testing; do
    say "Installing the component $component, $linking."
    install_to "$folder/$component" "$(build_of "$linking")" --component "$component"
    mkdir -p "$folder/$component"
  done
  runtime=$(files_of "$folder/runtime")
  development=$(files_of "$folder/development")
  testing=$(files_of "$folder/testing")

  if [[ $linking == static ]]; then
    is "$runtime" "" "The runtime of a static library"
    has "$development" "$name.a"
  else
    is "$runtime" "$name.so.${version%.*}"$'\n'"$name.so.$version" "The runtime of a shared library"
    has "$development" "$name.so"
    [[ -L $folder/development/$name.so ]] || fail "$name.so is not a link."
    lacks "$development" '\.so\..*'
  fi
  has "$development" include/operate/operate.hpp "$libdir/cmake/operate/operateConfig.cmake" \
    "$libdir/cmake/operate/operateTargets.cmake" "$libdir/pkgconfig/operate$postfix.pc"
  lacks "$development" ^include/operate/testing ^bin/ operate_testing
  has "$testing" bin/operate-emulator include/operate/testing/emulator.hpp "$libdir/liboperate_testing$postfix.a" \
    "$libdir/cmake/operate/operate_testingTargets.cmake"
  lacks "$testing" '^include/operate/[^/]*$' '/liboperate\.' operateConfig

  say "The components together are all that is installed."
  is "$(LC_ALL=C sort <<<"$runtime${runtime:+$'\n'}$development"$'\n'"$testing")" "$(files_of "$work/prefix-$linking")" \
    "What the components install"
done
