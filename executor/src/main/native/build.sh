#!/bin/sh
# Compiles the kernels, one object a file and instruction set, into one shared library:
#   build.sh SOURCE_DIRECTORY OUTPUT_ROOT    ->   OUTPUT_ROOT/native/<os>-<arch>/libquern.so
# Takes CC, else cc, gcc or clang from PATH. Without a compiler it says so and succeeds: the
# device then runs its Java kernels.
set -eu
src=$1
root=$2
compiler=
for candidate in "${CC:-}" cc gcc clang; do
  if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1; then
    compiler=$candidate
    break
  fi
done
if [ -z "$compiler" ]; then
  echo "quern: no C compiler (CC, cc, gcc, clang): the CPU device will run its Java kernels" >&2
  exit 0
fi
case $(uname -s) in
  Linux) os=linux extension=so ;;
  Darwin) os=macos extension=dylib ;;
  *) echo "quern: no native kernels for $(uname -s): the CPU device will run its Java kernels" >&2; exit 0 ;;
esac
case $(uname -m) in
  x86_64|amd64) arch=x86_64 isas="avx2 avx2_vnni avx512 avx512_vnni" ;;
  aarch64|arm64) arch=aarch64 isas="neon neon_dotprod neon_i8mm" ;;
  *) echo "quern: no native kernels for $(uname -m): the CPU device will run its Java kernels" >&2; exit 0 ;;
esac
out=$root/native/$os-$arch
library=$out/libquern.$extension
if [ -f "$library" ] && [ -z "$(find "$src" -newer "$library" -type f)" ]; then
  exit 0
fi
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
flags="-std=gnu11 -O3 -fPIC -fvisibility=hidden -ffp-contract=off -fno-math-errno -Wall -Wextra -Werror=implicit-function-declaration"
for isa in $isas; do
  case $isa in
    avx2) target="-mavx2 -mfma -mf16c" ;;
    avx2_vnni) target="-mavx2 -mfma -mf16c -mavxvnni" ;;
    avx512) target="-mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512vl -mavx512dq -mprefer-vector-width=512" ;;
    avx512_vnni) target="-mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vnni -mprefer-vector-width=512" ;;
    neon) target="" ;;
    neon_dotprod) target="-march=armv8.2-a+dotprod" ;;
    neon_i8mm) target="-march=armv8.2-a+dotprod+i8mm" ;;
  esac
  for file in panels quantize linear linear_int rows kv attention sample peak; do
    # shellcheck disable=SC2086
    "$compiler" $flags $target -DQUERN_ISA="$isa" -c "$src/$file.c" -o "$work/$file-$isa.o"
  done
done
"$compiler" -std=gnu11 -O2 -fPIC -fvisibility=hidden -c "$src/cpu.c" -o "$work/cpu.o"
"$compiler" -shared -o "$work/libquern" "$work"/*.o -lm
mv "$work/libquern" "$library"
echo "quern: native kernels for $os-$arch: $isas"
