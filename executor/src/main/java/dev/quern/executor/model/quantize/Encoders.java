package dev.quern.executor.model.quantize;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.WeightFormat;
import java.util.function.Supplier;

/** Puts matrices into number formats. Safe for use by many threads. */
public final class Encoders {
  private final Supplier<CcqCodebook> codebook = StableCodebook.lazily();

  /**
   * The matrix in a format: itself where it has that format already, else a matrix that is encoded
   * from its dequantized values as it is read.
   *
   * @throws IllegalArgumentException for a format that is read but not made
   */
  public HostMatrix encode(HostMatrix matrix, WeightFormat format) {
    if (matrix.format().equals(format)) {
      return matrix;
    }
    return switch (format) {
      case WeightFormat.Floats f ->
          throw new IllegalArgumentException(matrix.name() + ": " + f.label() + " is not made");
      case WeightFormat.Integers integers ->
          new EncodedMatrix(matrix, new IntegerEncoder(integers));
      case WeightFormat.Fp8Blocks _ -> new EncodedMatrix(matrix, new Fp8Encoder(matrix));
      case WeightFormat.Ccq _ -> new EncodedMatrix(matrix, new CcqEncoder(codebook.get()));
    };
  }

  /** The codebook takes a moment to make, and most models need none. */
  private static final class StableCodebook implements Supplier<CcqCodebook> {
    private CcqCodebook made;

    static Supplier<CcqCodebook> lazily() {
      return new StableCodebook();
    }

    @Override
    public synchronized CcqCodebook get() {
      if (made == null) {
        made = new CcqCodebook();
      }
      return made;
    }
  }
}
