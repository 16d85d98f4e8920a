#!/bin/sh
# Time to first token of one online client, alone and beside a batch job of thousands of rows on the same server, embedded model.
# usage: bench/online_beside_offline.sh [rows of the job, default 4000] [engine options of quern serve]
set -eu
cd "$(dirname "$0")/.."
rows=4000
case ${1:-} in [1-9]*) rows=$1; shift ;; esac
work=$(mktemp -d)
server=
cleanup() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$work"
}
trap cleanup EXIT

./quern serve --port 0 --metrics-port off --flight-port off "$@" 2>"$work/serve.log" &
server=$!
until url=$(grep -o 'http://[0-9.]*:[0-9]*' "$work/serve.log"); do
  kill -0 "$server" 2>/dev/null || { cat "$work/serve.log" >&2; exit 1; }
  sleep 0.2
done

online() {
  ./quern bench-serve --url "$url" --clients 1 --requests 40 --prompt-tokens 128 --generate-tokens 2 --format json
}
first() { # P50|P95 of the time to first token, in ms, of a line of bench-serve
  printf '%s\n' "$2" | sed "s/.*\"time_to_first_token_ms\":{[^}]*\"$1\":\([0-9.]*\).*/\1/"
}

alone=$(online)

# Rows of about 100 tokens behind a shared instruction, 64 tokens out each.
awk -v rows="$rows" 'BEGIN {
  srand(7); n = split("lamp box letters order for arrived please send another shades wall manual money green soon answered paid two about plug cable march", w, " ")
  for (i = 0; i < rows; i++) {
    body = "Sum up the letter of a customer in one sentence. Letter:"
    for (k = 0; k < 80; k++) body = body " " w[int(rand() * n) + 1]
    printf "{\"custom_id\":\"%d\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\",\"body\":{\"messages\":[{\"role\":\"user\",\"content\":\"%s %d\"}],\"max_tokens\":64,\"min_tokens\":64}}\n", i, body, i
  }
}' >"$work/rows.jsonl"
field() { sed "s/.*\"$1\" *: *\"\{0,1\}\([^\",}]*\).*/\1/"; }
file=$(curl -sSf -F purpose=batch -F "file=@$work/rows.jsonl" "$url/v1/files" | field id)
batch=$(curl -sSf "$url/v1/batches" -H 'Content-Type: application/json' \
  -d "{\"input_file_id\":\"$file\",\"endpoint\":\"/v1/chat/completions\",\"completion_window\":\"24h\"}" | field id)
done_rows() { curl -sSf "$url/v1/batches/$batch" | field completed; }
until [ "$(done_rows)" -gt 0 ]; do sleep 0.2; done

before=$(done_rows)
beside=$(online)
after=$(done_rows)
[ "$after" -lt "$rows" ] || { echo "the job ended before the measurement did: give more rows" >&2; exit 1; }
curl -sSf -X POST "$url/v1/batches/$batch/cancel" >/dev/null

awk -v a50="$(first p50 "$alone")" -v a95="$(first p95 "$alone")" -v b50="$(first p50 "$beside")" -v b95="$(first p95 "$beside")" \
    -v rows="$rows" -v ran=$((after - before)) 'BEGIN {
  printf "time to first token, ms   p50 %7.1f   p95 %7.1f   alone (its own prefill)\n", a50, a95
  printf "                          p50 %7.1f   p95 %7.1f   beside a job of %d rows, of which %d ended meanwhile\n", b50, b95, rows, ran
  printf "p95 beside is %.1f ms above the own prefill (p50 alone); wanted: at most 250\n", b95 - a50
  exit b95 - a50 > 250
}'
