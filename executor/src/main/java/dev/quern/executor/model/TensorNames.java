package dev.quern.executor.model;

import java.util.List;

/** The tensors that a decoder runs. */
public final class TensorNames {
  private TensorNames() {}

  /**
   * A tensor by its canonical name.
   *
   * @param optional whether checkpoints may lack it
   */
  public record Shape(String name, int rows, int columns, boolean optional) {}

  /** Canonical names in the order of the forward pass, without prediction layers. */
  public static List<String> of(ModelConfig config) {
    return shapes(config).stream().map(Shape::name).toList();
  }

  /** The same with their shapes. */
  public static List<Shape> shapes(ModelConfig config) {
    return Inventory.of(config.withMtpLayers(0)).stream()
        .map(t -> new Shape(t.name(), t.rows(), t.columns(), t.optional()))
        .toList();
  }
}
