#!/bin/sh
# A job behind a long instruction, with and without the prefix cache: 200 rows of about 40 tokens, 16 tokens out, embedded model. Prints what `sql --stats` says of each run.
# usage: bench/job.sh [engine options]
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk 'BEGIN {
  srand(7); n = split("lamp box letters order for arrived please send another shades wall manual money green soon answered paid two about plug cable march", w, " ")
  print "id,body"
  for (i = 0; i < 200; i++) { body = w[int(rand() * n) + 1]; for (k = 0; k < 33; k++) body = body " " w[int(rand() * n) + 1]; print i "," body " " i }
}' > "$work/rows.csv"
awk 'BEGIN {
  n = split("the lamp arrived order letters box money manual shades wall soon please plug cable", w, " "); printf "SELECT id, GENERATE('\''You read letters of customers."
  for (i = 0; i < n; i++) printf " Rule %d: if the customer writes about %s, say so plainly and name what is asked for.", i, w[i + 1]
}' > "$work/job.sql"
printf " Letter: ' || body, max_tokens => 16) AS answer FROM '%s'" "$work/rows.csv" >> "$work/job.sql"

for caching in true false true false; do
  ./quern sql -f "$work/job.sql" "--enable-prefix-caching=$caching" --stats "$work/stats.json" "$@" > "$work/out.txt" 2> "$work/err.txt" || { cat "$work/err.txt" >&2; exit 1; }
  echo "prefix caching $caching: $(cat "$work/stats.json")"
done
