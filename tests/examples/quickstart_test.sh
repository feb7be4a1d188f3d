#!/usr/bin/env bash
# quickstart_test.sh README SOURCE QUICKSTART DEMO EMULATOR: the README's ten lines are the compiled file, and they work as
# the README says, against the emulator's own program.
set -euo pipefail
readme=$1 source=$2 quickstart=$3 demo=$4 emulator=$5
unset OPERATE_API_KEY OPERATE_BASE_URL OPERATE_TIMEOUT

sed -n '/^```cpp$/,/^```$/p;/^```$/q' "$readme" | sed '1d;$d' | diff - "$source"

# The file descriptor ends with this script, whose end also ends the emulator.
exec {lines}< <(exec timeout 60 "$emulator")
trap 'kill "$!" 2>/dev/null' EXIT
read -r url <&"$lines"
read -r key <&"$lines"
[[ $url == "export OPERATE_BASE_URL=http://127.0.0.1:"* && $key == "export OPERATE_API_KEY="* ]]
eval "$url; $key"
count=$("$quickstart" | wc -l)
[[ $count == 73 ]] || { echo "$count companies instead of 73" >&2; exit 1; }

# With a key, the demo lists from where the settings point and creates nothing.
output=$("$demo")
[[ $output == *"73 companies"* && $output != *created\ * ]] || { echo "$output" >&2; exit 1; }

port=${url##*:}
if "$emulator" --port "$port" 2>/dev/null; then echo "Two emulators on one port." >&2; exit 1; fi
if "$emulator" --port nonsense >/dev/null 2>&1; then echo "A port that is no number." >&2; exit 1; fi
