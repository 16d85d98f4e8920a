package dev.quern.executor.device.cpu;

/** Instruction sets that kernels are compiled for, worst first; ordinals are those of cpu.c. */
enum Isa {
  AVX2("avx2"),
  AVX2_VNNI("avx2-vnni"),
  AVX512("avx512"),
  AVX512_VNNI("avx512-vnni"),
  NEON("neon");

  private final String label;

  Isa(String label) {
    this.label = label;
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
