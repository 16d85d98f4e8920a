#!/bin/sh
# Compiles the integer kernels of amx_int8 over a model of AMX in C, so that tests run them on machines
# without it; a library of its own, which no jar holds:
#   build.sh KERNEL_SOURCES TEST_SOURCES OUTPUT_ROOT    ->   OUTPUT_ROOT/native-test/libquern-amx-emulated.so
# Once on AVX2 and once on AVX-512 VNNI; all other functions are those of the kernels' own library.
set -eu
src=$1
tests=$2
out=$3/native-test
. "$src/compiler.sh"
if [ $arch != x86_64 ]; then
  exit 0
fi
library=$out/libquern-amx-emulated.so
if [ -f "$library" ] && [ -z "$(find "$src" "$tests" -newer "$library" -type f)" ]; then
  exit 0
fi
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for base in avx2 avx512_vnni; do
  target=$(target_of $base)
  for file in quantize linear_int; do
    # shellcheck disable=SC2086
    "$compiler" $flags $target -DQUERN_AMX_EMULATED -I"$tests" -DQUERN_ISA="amx_on_$base" \
      -c "$src/$file.c" -o "$work/$file-$base.o"
  done
done
# shellcheck disable=SC2086
"$compiler" $flags -DQUERN_AMX_EMULATED -I"$src" -I"$tests" -c "$tests/amx_emulated.c" -o "$work/amx.o"
"$compiler" -shared -o "$work/library" "$work"/*.o -lm
mv "$work/library" "$library"
