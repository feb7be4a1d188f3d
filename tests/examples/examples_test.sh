#!/usr/bin/env bash
# examples_test.sh EXAMPLES EMULATOR: every example does what it says, against the emulator's own program.
set -euo pipefail
examples=$1 emulator=$2
unset "${!OPERATE_@}" http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY
work=$(mktemp -d)
exec {lines}< <(exec timeout 600 "$emulator" --save "$work/state.json")
server=$!
trap 'kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
read -r url <&"$lines"
read -r key <&"$lines"
read -r expired <&"$lines"
read -r forbidden <&"$lines"
[[ $url == "export OPERATE_BASE_URL=http://127.0.0.1:"* && $key == "export OPERATE_API_KEY="* ]]
eval "$url; $key"

fail() { echo "FAILED: $1" >&2; exit 1; }
# expect WHAT PATTERN: the text on standard input, whole, is like the pattern.
expect() {
  local text
  text=$(cat)
  # shellcheck disable=SC2053
  [[ $text == $2 ]] || fail "$1 printed: $text"
  echo "ok: $1"
}

[[ $("$examples/quickstart" | wc -l) == 73 ]] || fail quickstart
"$examples/demo" | expect "demo with a key creates nothing" "*73 companies"
"$examples/paging" 0 60 2>&1 >/dev/null | expect "paging" $'25 of 73\n50 of 73\n60 of 73'
"$examples/paging" 60 2>&1 >/dev/null | expect "paging, resumed" "73 of 73"
diff <("$examples/paging" 0 60 2>/dev/null; "$examples/paging" 60 2>/dev/null) <("$examples/quickstart") ||
  fail "The two parts of the list are not the list."
{ ! OPERATE_API_KEY=${expired##* } "$examples/paging" 25 2>&1; } | expect "paging that fails" "*Go on with: paging 25"
"$examples/creating_a_person" | expect "creating_a_person" "created Ada Lovelace with the id ????????-*"
{ ! OPERATE_API_KEY=${expired##* } "$examples/creating_a_person" 2>&1; } |
  expect "a person that fails" "*401*"
"$examples/worker_threads" | expect "worker_threads" "40 of 40 people created"
[[ $("$examples/fan_out" | wc -l) == 73 ]] || fail fan_out
"$examples/split_list" | expect "split_list" "73 of 73 companies by 8 processes: the list"
printf 'ada@example.com Ada Lovelace\nnobody Nobody\ngrace@example.com Grace Hopper\n' | "$examples/coroutine" 2>&1 |
  expect "coroutine" $'* Ada Lovelace\nNobody: *\n* Grace Hopper\n2 created'
if [[ -x $examples/asio_executor ]]; then
  "$examples/asio_executor" | expect "asio_executor" $'10 companies\n10 companies'
fi

exec {output}< <(exec timeout 60 "$examples/stopping")
service=$!
read -r line <&"$output"
[[ $line == "73 companies" ]] || fail "stopping printed: $line"
kill -TERM "$service"
expect "stopping" stopped <&"$output"

{ "$examples/observing" "$work/calls.har" 2>"$work/log"; } | expect "observing" $'50 companies, the first byte after * ms\n1 of 2 calls failed'
expect "observing, its log" $'{"time":"*","event":"result","call":1,*"succeeded":true,*}\n{*"call":2,*"error":"NotFoundError",*}' <"$work/log"
expect "observing, its archive" '{"log":{"version":"1.2",*"status":200,*"status":404,*' <"$work/calls.har"
"$examples/tracing" | expect "tracing" '{"resourceSpans":*"kind":3,"name":"GET /companies/list",*"traceId":"????????????????????????????????"}*'
"$examples/starting_up" explain >"$work/started"
{ sed -n 1p "$work/started"; bash -c "$(sed -n '2,$p' "$work/started")"; } |
  expect "starting_up, and the line for curl" $'ready after * ms\n{"success":true,"data":{"companies":[{"id":"000000c0-*'
{ ! OPERATE_API_KEY=${expired##* } "$examples/starting_up" 2>&1; } | expect "starting_up with an expired key" $'*401*\n{"error":"InvalidApiKeyError",*'
{ ! OPERATE_API_KEY='' "$examples/starting_up" 2>&1; } | expect "starting_up without a key" "mend Config::api_key: *"
OPERATE_LOG=info "$examples/quickstart" 2>&1 >/dev/null | expect "a log without code" "*Z operate #1 GET /companies/list: 200 in * ms, attempts: 1*"

(umask 077 && echo "${key##*=}" >"$work/key")
for source in "file $work/key" "command cat $work/key" callback; do
  # shellcheck disable=SC2086
  MY_VAULT=${key##*=} OPERATE_API_KEY='' "$examples/api_key_sources" $source 2>&1 | expect "api_key_sources $source" "the key works: 73 companies"
done
{ ! "$examples/api_key_sources" command false 2>&1; } | expect "api_key_sources that fail" "No API key from the program false: it ended with the exit code 1."
OPERATE_API_KEY='' OPERATE_API_KEY_SOURCE="command:[\"cat\",\"$work/key\"]" "$examples/quickstart" | wc -l | expect "a program without code" 73

"$examples/errors" | expect "errors, none" "50 companies"
{ ! OPERATE_API_KEY='' "$examples/errors" 2>&1; } | expect "errors, setting" "Mend the setting Config::api_key: *"
{ ! OPERATE_API_KEY=${expired##* } "$examples/errors" 2>&1; } |
  expect "errors, 401" "Tell whoever looks after the keys: *401*"
{ ! OPERATE_API_KEY=${forbidden##* } "$examples/errors" 2>&1; } |
  expect "errors, 403" "Tell whoever*403*"
{ ! OPERATE_BASE_URL+=/nowhere "$examples/errors" 2>&1; } | expect "errors, 404" "The API refused, with the status 404: *Its reason*"
{ ! OPERATE_BASE_URL="https://$(printf 'a%.0s' {1..64})" "$examples/errors" 2>&1; } |
  expect "errors, network" "The network, after * attempts: *"
{ ! OPERATE_TIMEOUT=0.001 OPERATE_BASE_URL="https${OPERATE_BASE_URL#http}" "$examples/errors" 2>&1; } |
  expect "errors, time or network" "@(Too slow|The network)*"

unset OPERATE_API_KEY OPERATE_BASE_URL
"$examples/demo" | expect "demo" "*73 companies*created Ada Lovelace with the id *"
"$examples/own_resource" | expect "own_resource" "DEAL-001: 990000 cents"
"$examples/any_endpoint" | expect "any_endpoint" '200 "Call back on Monday"'
"$examples/testing_your_service" | expect "testing_your_service" "passed"

port=${url##*:}
# refuses WHAT ARGUMENT...: the emulator ends by itself, with an error.
refuses() {
  local status=0
  timeout 20 "$emulator" "${@:2}" >/dev/null 2>&1 || status=$?
  ((status != 0 && status != 124)) || fail "$1 is not refused"
}
refuses "a second emulator on one port" --port "$port"
refuses "a port that is no number" --port nonsense
refuses "a state that is no file" --state /nowhere

# What was created is in the file that the emulator leaves behind, and another can begin with it.
kill "$server"
tail --pid="$server" -f /dev/null
grep '"Ada Lovelace"' "$work/state.json" >/dev/null || fail "the saved state lacks a person"
exec {more}< <(exec timeout 600 "$emulator" --tls --state "$work/state.json")
server=$!
read -r url <&"$more"
[[ $url == "export OPERATE_BASE_URL=https://127.0.0.1:"* ]] || fail "an emulator over TLS with a state: $url"
read -r key <&"$more"
read -r expired <&"$more"
read -r forbidden <&"$more"
read -r trusted <&"$more"
eval "$url; $key"
{ ! "$examples/errors" 2>&1; } | expect "errors, an unknown certificate" "The network, after 1 attempts: *OPERATE_CA_FILE*"
eval "$trusted"
"$examples/errors" | expect "errors, none over TLS" "50 companies"

# troubled ARGUMENT...: another emulator, for the programs that follow.
troubled() {
  kill "$server"
  exec {more}< <(exec timeout 600 "$emulator" "$@")
  server=$!
  read -r url <&"$more"
  unset OPERATE_CA_FILE
  eval "$url"
}
troubled --fail 1 --fault half_body --limit 1 --retry-after 0
OPERATE_LOG=info "$examples/quickstart" 2>&1 >/dev/null | expect "a fault and a 429" "*: 200 in * ms, attempts: 3*"
troubled --fail 9 --fault reset
{ ! "$examples/errors" 2>&1; } | expect "errors, faults" "The network, after 3 attempts: *"
troubled --latency 3600000
{ ! OPERATE_TIMEOUT=0.05 "$examples/errors" 2>&1; } | expect "errors, latency" "Too slow, after *"
refuses "a fault that is none" --fault nonsense
refuses "a number of faults without one" --fail 3
