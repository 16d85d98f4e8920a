package dev.quern.executor.model.plan;

import dev.quern.executor.device.WeightFormat;
import java.util.Optional;

/** Which number format the matrices of a model get. */
@FunctionalInterface
public interface FormatRule {
  /**
   * The format of a matrix.
   *
   * @param layer -1 outside of decoder layers
   * @param columns inputs of the matrix
   * @return empty: as it is stored, or 16 bits where nothing is stored
   */
  Optional<WeightFormat> of(MatrixPart part, int layer, int columns);
}
