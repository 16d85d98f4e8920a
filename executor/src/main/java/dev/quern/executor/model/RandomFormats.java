package dev.quern.executor.model;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.WeightFormat.Integers;
import dev.quern.executor.model.ExpectedTensor.Role;
import dev.quern.executor.model.plan.QuantizationScheme;

/** The number format that a scheme gives a tensor. */
final class RandomFormats {
  private static final WeightFormat KEPT = new WeightFormat.Floats(ElementType.BF16);
  private static final WeightFormat INT8 =
      new Integers(8, WeightFormat.WHOLE_ROW, ElementType.F32, false);

  private RandomFormats() {}

  static WeightFormat of(ExpectedTensor tensor, ModelConfig config, QuantizationScheme scheme) {
    if (tensor.role() == Role.ROUTER) {
      return new WeightFormat.Floats(ElementType.F32);
    }
    if (tensor.role() != Role.LINEAR) {
      return KEPT;
    }
    boolean expert = tensor.name().contains(".experts.");
    boolean int4 = expert || config.moe().isEmpty();
    return switch (scheme) {
      case NONE -> KEPT;
      case BLOCK_WISE_FP8 -> new WeightFormat.Fp8Blocks();
      case WINT8 -> INT8;
      case WINT4, W4A8, W4A8C8 -> int4 ? groups(tensor.columns()) : INT8;
      case WINT2 -> expert ? wint2(tensor) : INT8;
    };
  }

  /** The first routed layers stay at 4 bits. */
  private static WeightFormat wint2(ExpectedTensor tensor) {
    int layer = Integer.parseInt(tensor.name().split("\\.", -1)[2]);
    return layer >= 3 && layer <= 6
        ? new Integers(4, WeightFormat.WHOLE_ROW, ElementType.F32, false)
        : new WeightFormat.Ccq();
  }

  /** Groups of 128 inputs where they divide the width, else 64, else 32. */
  private static WeightFormat groups(int columns) {
    for (int size = 128; size >= 32; size /= 2) {
      if (columns % size == 0) {
        return new Integers(4, size, ElementType.F16, false);
      }
    }
    return new Integers(4, WeightFormat.WHOLE_ROW, ElementType.F32, false);
  }
}
