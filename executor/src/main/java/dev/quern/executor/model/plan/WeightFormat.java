package dev.quern.executor.model.plan;

/** How the elements of a matrix [rows, columns] stand in memory, scales included. */
enum WeightFormat {
  F32,
  BITS_16,
  /** One float32 scale a row. */
  INT8,
  /** One float32 scale a row. */
  INT4_PER_CHANNEL,
  /** One 16-bit scale a group of 128 columns, else 64, else 32, else the whole row. */
  INT4_GROUPS,
  /** One float32 scale a block of 128 x 128. */
  FP8_BLOCKS,
  /**
   * Convolutional code: 2 bits an element, 4 bits of scale a group of 64 inputs, three float32 an
   * output channel.
   */
  CCQ_2;

  private static final int BLOCK = 128;

  long bytes(long rows, long columns) {
    long elements = rows * columns;
    return switch (this) {
      case F32 -> 4 * elements;
      case BITS_16 -> 2 * elements;
      case INT8 -> elements + 4 * rows;
      case INT4_PER_CHANNEL -> (elements + 1) / 2 + 4 * rows;
      case INT4_GROUPS -> (elements + 1) / 2 + 2 * rows * (columns / group(columns));
      case FP8_BLOCKS -> elements + 4 * blocks(rows, BLOCK) * blocks(columns, BLOCK);
      case CCQ_2 -> elements / 4 + rows * blocks(columns, 128) + 12 * rows;
    };
  }

  private static long group(long columns) {
    for (int size = BLOCK; size >= 32; size /= 2) {
      if (columns % size == 0) {
        return size;
      }
    }
    return columns;
  }

  private static long blocks(long length, long block) {
    return (length + block - 1) / block;
  }
}
