#!/usr/bin/env bash
# prefix.sh SETTINGS KIND: installs the library into an empty prefix and moves the prefix.
source "$(dirname "${BASH_SOURCE[0]}")/functions.sh"
wanted=$1
mkdir -p "$work"
rm -rf "$work/first-$wanted" "$work/prefix-$wanted"
[[ $wanted == "$kind" ]] || build_library "$wanted" "$config" "$work/build-$wanted"

say "Installing, and moving the prefix."
install_to "$work/first-$wanted" "$(build_of "$wanted")"
mv "$work/first-$wanted" "$work/prefix-$wanted"

say "No file of the package names a folder of this machine."
# Where a path begins: /operate is a folder of the machine, and include/operate is not.
folders=$(printf '%s\n' "$work" "$source" "$build" | sed 's/[.[\*^$()+?{|]/\\&/g' | paste -sd '|')
if grep -rIlE "(^|[^A-Za-z0-9_.}>/-]|-I|-L)($folders)([^A-Za-z0-9_-]|\$)" "$work/prefix-$wanted"; then
  fail "These files name a folder of the machine that built them."
fi
say "operate-emulator finds its library in the new place."
quietly "$work/prefix-$wanted/bin/operate-emulator" --help
