package dev.quern.executor.model.plan;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.host.WeightBytes;
import dev.quern.executor.model.ModelConfig;
import dev.quern.executor.model.MoeConfig;
import dev.quern.executor.model.StoredModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Parameters and bytes of a model, counted from its configuration. */
public final class ModelSize {
  private final ModelConfig config;
  private final Optional<WeightFormat> quantized;
  private final Optional<StoredModel.Packed> packed;
  private final List<Matrix> matrices = new ArrayList<>();

  /** A model stored in 16 bits. */
  public ModelSize(ModelConfig config) {
    this(StoredModel.plain(config));
  }

  public ModelSize(StoredModel model) {
    this.config = model.config();
    this.quantized = model.quantized();
    this.packed = model.packed();
    long hidden = config.hidden();
    add(MatrixPart.EMBEDDING, -1, 1, config.vocabSize(), hidden);
    if (!config.tiedHead()) {
      add(MatrixPart.HEAD, -1, 1, config.vocabSize(), hidden);
    }
    add(MatrixPart.NORM, -1, 1, 1, hidden);
    for (int layer = 0; layer < config.layers(); layer++) {
      addAttention(MatrixPart.ATTENTION, layer);
      add(MatrixPart.NORM, layer, 2, 1, hidden);
      if (config.isMoe(layer)) {
        addExperts(layer, config.moe().orElseThrow());
      } else {
        addSwiGlu(MatrixPart.DENSE, layer, 1, config.intermediate());
      }
    }
    for (int k = 0; k < config.mtpLayers(); k++) {
      add(MatrixPart.MTP_PROJECTION, -1, 1, hidden, 2 * hidden);
      // Two norms of the block, two of its inputs: kept higher, as the projection.
      add(MatrixPart.MTP_PROJECTION, -1, 4, 1, hidden);
      addAttention(MatrixPart.MTP_BLOCK, -1);
      addSwiGlu(MatrixPart.MTP_BLOCK, -1, 1, config.intermediate());
    }
  }

  /** The schemes that the weights can have: packed ones stay as they are. */
  List<QuantizationScheme> schemes() {
    return Arrays.stream(QuantizationScheme.values())
        .filter(s -> packed.isEmpty() || s == QuantizationScheme.NONE)
        .filter(s -> s != QuantizationScheme.WINT2 || hasExperts())
        .toList();
  }

  private void addAttention(MatrixPart part, int layer) {
    long queries = (long) config.heads() * config.headDim();
    long keys = (long) config.kvHeads() * config.headDim();
    add(part, layer, 1, queries, config.hidden());
    add(part, layer, 2, keys, config.hidden());
    add(part, layer, 1, config.hidden(), queries);
  }

  private void addExperts(int layer, MoeConfig moe) {
    add(MatrixPart.ROUTER, layer, 1, moe.experts(), config.hidden());
    addSwiGlu(MatrixPart.EXPERT, layer, moe.experts(), moe.intermediate());
    if (moe.sharedExperts() > 0) {
      addSwiGlu(MatrixPart.SHARED, layer, 1, (long) moe.sharedExperts() * moe.intermediate());
    }
  }

  private void addSwiGlu(MatrixPart part, int layer, long count, long width) {
    add(part, layer, 2 * count, width, config.hidden());
    add(part, layer, count, config.hidden(), width);
  }

  private void add(MatrixPart part, int layer, long count, long rows, long columns) {
    matrices.add(new Matrix(part, layer, count, rows, columns));
  }

  /** All parameters but those of the prediction layer. */
  public long parameters() {
    return matrices.stream().filter(m -> !m.part().isMtp()).mapToLong(Matrix::parameters).sum();
  }

  /** Parameters that multiply for one token: top-k of the experts, one of embedding and head. */
  public long activeParameters() {
    long all = parameters();
    long idleExperts =
        config
            .moe()
            .map(moe -> sum(MatrixPart.EXPERT) / moe.experts() * (moe.experts() - moe.topK()))
            .orElse(0L);
    long lookup = config.tiedHead() ? 0 : sum(MatrixPart.EMBEDDING);
    return all - idleExperts - lookup;
  }

  /** Parameters of the prediction layer. */
  public long mtpParameters() {
    return matrices.stream().filter(m -> m.part().isMtp()).mapToLong(Matrix::parameters).sum();
  }

  private long sum(MatrixPart part) {
    return matrices.stream().filter(m -> m.part() == part).mapToLong(Matrix::parameters).sum();
  }

  /** Bytes of the weights in device memory, without the prediction layer. */
  public long residentBytes(QuantizationScheme scheme) {
    return residentBytes(scheme.rule(hasExperts()));
  }

  /** The same with one scale an output channel in place of groups, as deployments have it. */
  public long residentBytesPerChannel(QuantizationScheme scheme) {
    return residentBytes(scheme.rulePerChannel(hasExperts()));
  }

  /** The same under any rule. */
  public long residentBytes(FormatRule rule) {
    return bytes(rule, false);
  }

  /** Whether a rule gives any matrix outside of the prediction layer such a format. */
  public boolean anyMatrix(FormatRule rule, Predicate<WeightFormat> which) {
    return matrices.stream()
        .filter(m -> !m.part().isMtp())
        .flatMap(m -> rule.of(m.part(), m.layer(), Math.toIntExact(m.columns())).stream())
        .anyMatch(which);
  }

  /** Bytes of the prediction layer in device memory. */
  public long mtpBytes(QuantizationScheme scheme) {
    return bytes(scheme.rule(hasExperts()), true);
  }

  private boolean hasExperts() {
    return config.moe().isPresent();
  }

  private long bytes(FormatRule rule, boolean mtp) {
    return matrices.stream()
        .filter(m -> m.part().isMtp() == mtp)
        .mapToLong(m -> m.count() * bytes(rule, m))
        .sum();
  }

  private long bytes(FormatRule rule, Matrix matrix) {
    int rows = Math.toIntExact(matrix.rows());
    int columns = Math.toIntExact(matrix.columns());
    return WeightBytes.of(
        rule.of(matrix.part(), matrix.layer(), columns).orElseGet(() -> stored(matrix)),
        rows,
        columns);
  }

  /** Routers count in float32, whatever they are stored in: they are computed in it. */
  private WeightFormat stored(Matrix matrix) {
    int columns = Math.toIntExact(matrix.columns());
    Optional<WeightFormat> known =
        packed.flatMap(p -> p.formats().of(matrix.part(), matrix.layer(), columns));
    if (known.isPresent()) {
      return known.get();
    }
    if (matrix.part() == MatrixPart.ROUTER) {
      return new WeightFormat.Floats(ElementType.F32);
    }
    return quantized
        .filter(_ -> matrix.rows() > 1)
        .orElse(new WeightFormat.Floats(ElementType.BF16));
  }

  /** Bytes of the largest matrix in 16 bits: what is staged in host memory at a time. */
  public long largestMatrixBytes() {
    return 2 * matrices.stream().mapToLong(m -> m.rows() * m.columns()).max().orElseThrow();
  }

  /**
   * Bytes of one token's keys and values over all layers.
   *
   * @param type INT8 without scales: those of the deployed scheme are static, one a channel
   * @param mtp whether the prediction layer keeps its own
   */
  public long kvBytesPerToken(ElementType type, boolean mtp) {
    long layers = (long) config.layers() + (mtp ? config.mtpLayers() : 0);
    return 2L * layers * config.kvHeads() * config.headDim() * type.bytes();
  }
}
