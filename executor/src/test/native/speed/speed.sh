#!/bin/sh
# Times the integer products of one instruction set; see products.c.
set -eu
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)
src=$here/../../../main/native
. "$src/compiler.sh"
isa=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# shellcheck disable=SC2046,SC2086
"$compiler" $flags $(target_of "$isa") -DQUERN_ISA="$isa" -I"$src" "$here/products.c" "$src/linear_int.c" \
  "$src/quantize.c" "$src/panels.c" -lm -o "$work/products"
"$work/products" "$@"
