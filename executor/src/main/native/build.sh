#!/bin/sh
# Compiles the kernels, one object a file and instruction set, into one shared library:
#   build.sh SOURCE_DIRECTORY OUTPUT_ROOT    ->   OUTPUT_ROOT/native/<os>-<arch>/libquern.so
# Without a compiler it says so and succeeds: the device then runs its Java kernels.
set -eu
src=$1
root=$2
. "$src/compiler.sh"
out=$root/native/$os-$arch
library=$out/libquern.$extension
if [ -f "$library" ] && [ -z "$(find "$src" -newer "$library" -type f)" ]; then
  exit 0
fi
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Compiler and assembler know AMX since gcc 11 with binutils 2.34, and clang 12.
has_amx() {
  printf '#include <immintrin.h>\nvoid f(void) { _tile_dpbsud(0, 1, 2); }\n' >"$work/probe.c"
  # shellcheck disable=SC2086
  "$compiler" $amx -c "$work/probe.c" -o "$work/probe.out" 2>/dev/null
}
left_out= cpu_flags=
if [ $arch = x86_64 ]; then
  if has_amx; then
    cpu_flags=-DQUERN_HAS_AMX
  else
    isas=${isas% amx_int8} left_out=" (not amx_int8: $compiler does not take $amx)"
  fi
fi
for isa in $isas; do
  target=$(target_of "$isa")
  for file in panels quantize linear linear_int rows kv attention sample peak; do
    # shellcheck disable=SC2086
    "$compiler" $flags $target -DQUERN_ISA="$isa" -c "$src/$file.c" -o "$work/$file-$isa.o"
  done
done
# shellcheck disable=SC2086
"$compiler" -std=gnu11 -O2 -fPIC -fvisibility=hidden $cpu_flags -c "$src/cpu.c" -o "$work/cpu.o"
"$compiler" -shared -o "$work/libquern" "$work"/*.o -lm
mv "$work/libquern" "$library"
echo "quern: native kernels for $os-$arch: $isas$left_out"
