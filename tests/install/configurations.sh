#!/usr/bin/env bash
# configurations.sh SETTINGS: Debug and another configuration share a prefix, and a program gets the library of its own.
source "$(dirname "${BASH_SOURCE[0]}")/functions.sh"
other=Debug
[[ $config != Debug ]] || other=Release
prefix=$work/prefix-configurations
rm -rf "$prefix" "$work/build-other"
cp -a "$work/prefix-static" "$prefix"
build_library static "$other" "$work/build-other"

say "Installing $other beside ${config:-no configuration}."
sums() { (cd "$prefix" && find . -type f ! -path ./bin/operate-emulator -exec sha256sum {} + | LC_ALL=C sort -k 2); }
before=$(sums)
quietly cmake --install "$work/build-other" --prefix "$prefix"
overwritten=$(LC_ALL=C comm -23 <(LC_ALL=C sort <<<"$before") <(sums | LC_ALL=C sort))
[[ -z $overwritten ]] || fail "$other overwrites these files: $overwritten"
for file in "$libdir"/liboperate{,d}.a "$libdir"/liboperate_testing{,d}.a "$libdir"/pkgconfig/operate{,d}.pc; do
  [[ -e $prefix/$file ]] || fail "There is no $file."
done

for configuration in Debug Release ''; do
  folder=$work/consumer-${configuration:-none}
  fresh "$folder"
  configure_consumer "$here/old_caller" "$folder" -Wno-deprecated -DCMAKE_PREFIX_PATH="$prefix;$dependencies" \
    -DCMAKE_BUILD_TYPE=$configuration
  expected=liboperate.a
  [[ $configuration != Debug ]] || expected=liboperated.a
  say "A program of the configuration '$configuration' is linked with $expected."
  grep -rqF "/$expected" "$folder" --include=link.txt --include=build.ninja || fail "It is not."
done
