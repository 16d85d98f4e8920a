package dev.quern.executor.model.quantize;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.ModelConfig;
import dev.quern.executor.model.plan.FormatRule;
import dev.quern.executor.model.plan.MatrixPart;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A checkpoint whose matrices are quantized while they are read. */
public final class QuantizedCheckpoint implements Checkpoint {
  private final Checkpoint stored;
  private final Quantization quantization;
  private final FormatRule rule;
  private final Encoders encoders = new Encoders();

  /**
   * Owns the stored checkpoint from here on.
   *
   * @throws dev.quern.executor.engine.EngineException when the quantization does not fit the model
   */
  public QuantizedCheckpoint(Checkpoint stored, Quantization quantization) {
    this.stored = stored;
    this.quantization = quantization;
    this.rule = quantization.rule(stored.config());
  }

  @Override
  public ModelConfig config() {
    return stored.config();
  }

  @Override
  public HostMatrix tensor(String canonicalName) {
    return encode(stored.tensor(canonicalName));
  }

  @Override
  public Optional<HostMatrix> optionalTensor(String canonicalName) {
    return stored.optionalTensor(canonicalName).map(this::encode);
  }

  private HostMatrix encode(HostMatrix matrix) {
    return format(matrix).map(f -> encoders.encode(matrix, f)).orElse(matrix);
  }

  private Optional<WeightFormat> format(HostMatrix matrix) {
    String name = matrix.name();
    return rule.of(MatrixPart.of(name), MatrixPart.layer(name), matrix.columns());
  }

  /**
   * A warning that names both formats where matrices that are stored quantized are converted to
   * another quantization: the errors of both add up.
   */
  public Optional<String> conversion() {
    Set<String> from = new TreeSet<>();
    for (int layer = 0; layer < config().layers(); layer++) {
      String prefix = "model.layers." + layer + ".";
      for (String name :
          new String[] {
            "self_attn.q_proj.weight",
            "self_attn.o_proj.weight",
            "mlp.down_proj.weight",
            "mlp.experts.0.down_proj.weight"
          }) {
        stored
            .optionalTensor(prefix + name)
            .ifPresent(matrix -> {
              boolean quantized = !(matrix.format() instanceof WeightFormat.Floats);
              if (quantized && format(matrix).filter(f -> !f.equals(matrix.format())).isPresent()) {
                from.add(matrix.format().label());
              }
            });
      }
    }
    return from.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "warning: the checkpoint is stored in %s and is converted to %s from the dequantized values, so the errors of both add up; leave --quantization away to run it as stored"
                .formatted(String.join(" and ", from), quantization.label()));
  }

  @Override
  public String fingerprint() {
    return stored.fingerprint() + " as " + quantization.label();
  }

  @Override
  public void close() {
    stored.close();
  }
}
