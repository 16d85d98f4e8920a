package dev.quern.executor.model;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.model.ExpectedTensor.Role;
import dev.quern.executor.model.plan.FormatRule;
import dev.quern.executor.model.plan.MatrixPart;
import dev.quern.executor.model.quantize.Quantization;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * A model of random weights in the shape of a configuration, to measure any size without its
 * checkpoint. Quantized matrices are made while they are packed; unquantized ones are views of one
 * pool of random numbers, whose rows overlap where a matrix is larger than the pool.
 */
public final class RandomCheckpoint implements Checkpoint {
  private static final int POOL = 1 << 22;

  /** Half the width of the uniform distribution of unquantized weights: a deviation of 0.02. */
  private static final float SPREAD = 0.035f;

  private final ModelConfig config;
  private final Quantization quantization;
  private final FormatRule rule;
  private final Map<String, ExpectedTensor> tensors = new LinkedHashMap<>();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment floats;
  private final MemorySegment halves;
  private final MemorySegment one;

  /** Prediction layers are left out: nothing runs them. */
  public RandomCheckpoint(ModelConfig config, Quantization quantization) {
    this.config = config.withMtpLayers(0);
    this.quantization = quantization;
    rule = quantization.rule(this.config);
    floats = arena.allocate(4L * POOL, 64);
    halves = arena.allocate(2L * POOL, 64);
    one = arena.allocate(4, 4);
    Inventory.of(this.config).forEach(t -> tensors.put(t.name(), t));
    one.set(ValueLayout.JAVA_FLOAT, 0, 1f);
    var random = new SplittableRandom(1);
    for (long i = 0; i < POOL; i++) {
      float value = (random.nextFloat() * 2 - 1) * SPREAD;
      floats.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
      halves.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(value) >>> 16));
    }
  }

  @Override
  public ModelConfig config() {
    return config;
  }

  @Override
  public HostMatrix tensor(String canonicalName) {
    ExpectedTensor expected = tensors.get(canonicalName);
    if (expected == null) {
      throw new IllegalArgumentException(canonicalName + ": not a tensor of this model");
    }
    return matrix(expected);
  }

  /** There is no correction bias. */
  @Override
  public Optional<HostMatrix> optionalTensor(String canonicalName) {
    return Optional.ofNullable(tensors.get(canonicalName))
        .filter(t -> !t.optional())
        .map(this::matrix);
  }

  private HostMatrix matrix(ExpectedTensor t) {
    if (t.role() == Role.NORM) {
      return new StridedMatrix(
          t.name(), 1, t.columns(), ElementType.F32, one, 0, 0, 0, Optional.empty());
    }
    MatrixPart part = MatrixPart.of(t.name());
    WeightFormat kept =
        new WeightFormat.Floats(part == MatrixPart.ROUTER ? ElementType.F32 : ElementType.BF16);
    return switch (rule.of(part, MatrixPart.layer(t.name()), t.columns()).orElse(kept)) {
      case WeightFormat.Floats floats -> view(t, floats.type());
      case WeightFormat format ->
          new RandomCodes(t.name(), t.rows(), t.columns(), format, t.name().hashCode());
    };
  }

  private StridedMatrix view(ExpectedTensor t, ElementType type) {
    long stride =
        t.rows() == 1
            ? t.columns()
            : Math.clamp((POOL - (long) t.columns()) / (t.rows() - 1), 1, t.columns());
    return new StridedMatrix(
        t.name(),
        t.rows(),
        t.columns(),
        type,
        type == ElementType.F32 ? floats : halves,
        0,
        stride,
        1,
        Optional.empty());
  }

  @Override
  public String fingerprint() {
    return "random " + quantization.label() + " " + config;
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
