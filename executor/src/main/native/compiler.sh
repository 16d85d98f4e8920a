# Sourced by the scripts that compile the kernels. Sets compiler, os, extension, arch, isas and flags, and
# target_of for an instruction set's own flags; or says why there are no kernels here and ends the
# script with success. Takes CC, else cc, gcc or clang from PATH.
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
  x86_64|amd64) arch=x86_64 isas="avx2 avx2_vnni avx512 avx512_vnni amx_int8" ;;
  aarch64|arm64) arch=aarch64 isas="neon neon_dotprod neon_i8mm" ;;
  *) echo "quern: no native kernels for $(uname -m): the CPU device will run its Java kernels" >&2; exit 0 ;;
esac
flags="-std=gnu11 -O3 -fPIC -fvisibility=hidden -ffp-contract=off -fno-math-errno -Wall -Wextra -Werror=implicit-function-declaration"
avx2="-mavx2 -mfma -mf16c"
avx512="$avx2 -mavx512f -mavx512bw -mavx512vl -mavx512dq -mprefer-vector-width=512"
amx="-mamx-tile -mamx-int8"

target_of() {
  case $1 in
    avx2) echo "$avx2" ;;
    avx2_vnni) echo "$avx2 -mavxvnni" ;;
    avx512) echo "$avx512" ;;
    avx512_vnni) echo "$avx512 -mavx512vnni" ;;
    amx_int8) echo "$avx512 -mavx512vnni $amx" ;;
    neon) ;;
    neon_dotprod) echo "-march=armv8.2-a+dotprod" ;;
    neon_i8mm) echo "-march=armv8.2-a+dotprod+i8mm" ;;
  esac
}
