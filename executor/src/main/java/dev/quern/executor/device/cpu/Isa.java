package dev.quern.executor.device.cpu;

/** Instruction sets that kernels are compiled for, worst first. */
enum Isa {
  AVX2("avx2", 0),
  AVX2_VNNI("avx2-vnni", 1),
  AVX512("avx512", 2),
  AVX512_VNNI("avx512-vnni", 3),
  AMX_INT8("amx-int8", 4),
  NEON("neon", 5),
  NEON_DOTPROD("neon-dotprod", 6),
  NEON_I8MM("neon-i8mm", 7);

  private final String label;
  private final int code;

  Isa(String label, int code) {
    this.label = label;
    this.code = code;
  }

  /** Its number in cpu.c. */
  int code() {
    return code;
  }

  /** As {@code quern bench} prints it. */
  String label() {
    return label;
  }

  /** The end of the names of its functions. */
  String suffix() {
    return label.replace('-', '_');
  }
}
