#!/bin/sh
# Runs the checks of this folder on every instruction set that can be run here: those of this processor, and
# those of aarch64 in emulation. Says "not run" of each that cannot, and why; fails where a check fails or
# where two instruction sets differ in what must be the same bits.
#   check.sh [native|aarch64]     Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
# KEEP names a folder for what is built, which is then built anew only when a source changed.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
main=$here/../../../main
which=${1:-all}
work=${KEEP:-$(mktemp -d)}
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
failed=0 digests=

# A library as build.sh makes it for another machine: it asks uname.
build() { # machine compiler
  mkdir -p "$work/$1/bin"
  printf '#!/bin/sh\ncase ${1:-} in -m) echo %s ;; *) echo Linux ;; esac\n' "$1" >"$work/$1/bin/uname"
  chmod +x "$work/$1/bin/uname"
  PATH="$work/$1/bin:$PATH" CC=$2 sh "$main/native/build.sh" "$main/native" "$work/$1"
  fma=
  [ "$1" = x86_64 ] && fma=-mfma
  "$2" -std=gnu11 -O2 -Wall -Wextra -Werror -ffp-contract=off $fma -o "$work/$1/check" "$here"/*.c -ldl -lm
}

# The number that Java and cpu.c have for an instruction set.
code() { sed -n "s/.*(\"$1\", \([0-9]*\)).*/\1/p" "$main/java/dev/quern/executor/device/cpu/Isa.java"; }

check() { # machine label, instruction set, command before the program
  where=$1 isa=$2 machine=$3
  shift 3
  status=0
  said=$("$@" "$work/$machine/check" "$work/$machine/native/linux-$machine/libquern.so" "$isa" "$(code "$isa")") || status=$?
  case $status in
    0) echo "$isa on $where: $said" && digests="$digests ${said##* }" ;;
    3) echo "$isa: not run: $where does not have it" ;;
    *) echo "$isa on $where: $said (exit code $status)" && failed=1 ;;
  esac
}

refused() { # machine label, instruction set, command: cpu.c must see that this processor does not have it
  where=$1 isa=$2 machine=$3
  shift 3
  status=0
  "$@" "$work/$machine/check" "$work/$machine/native/linux-$machine/libquern.so" "$isa" "$(code "$isa")" >/dev/null || status=$?
  if [ $status = 3 ]; then echo "$isa on $where: refused, as it must be"; else echo "$isa on $where: NOT refused" && failed=1; fi
}

native() {
  machine=$(uname -m)
  compiler=$(command -v "${CC:-cc}" || command -v gcc || command -v clang || true)
  case $machine in
    x86_64) isas="avx2 avx2-vnni avx512 avx512-vnni" ;;
    aarch64) isas="neon neon-dotprod neon-i8mm" ;;
    *) echo "native: not run: no kernels for $machine" && return ;;
  esac
  [ -n "$compiler" ] || { echo "$isas: not run: no C compiler" && return; }
  build "$machine" "$compiler"
  for isa in $isas; do check "this machine" "$isa" "$machine" env; done
}

aarch64() {
  for tool in aarch64-linux-gnu-gcc qemu-aarch64; do
    command -v $tool >/dev/null 2>&1 || { echo "neon neon-dotprod neon-i8mm: not run: no $tool" && return; }
  done
  build aarch64 aarch64-linux-gnu-gcc
  qemu="qemu-aarch64 -L /usr/aarch64-linux-gnu"
  # The first two on processors that have no more: an instruction too many would end them.
  check "an emulated Cortex-A53" neon aarch64 $qemu -cpu cortex-a53
  check "an emulated Neoverse N1" neon-dotprod aarch64 $qemu -cpu neoverse-n1
  check "emulated max" neon-i8mm aarch64 $qemu -cpu max
  refused "an emulated Cortex-A53" neon-dotprod aarch64 $qemu -cpu cortex-a53
  refused "an emulated Neoverse N1" neon-i8mm aarch64 $qemu -cpu neoverse-n1
}

case $which in
  native) native ;;
  aarch64) aarch64 ;;
  *) native && aarch64 ;;
esac
if [ "$(printf '%s\n' $digests | sort -u | wc -l)" -gt 1 ]; then
  echo "FAILED: instruction sets differ: $digests"
  failed=1
fi
exit $failed
