package dev.quern.executor.model.plan;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.model.ModelConfig;
import dev.quern.executor.model.MoeConfig;
import dev.quern.executor.model.StoredModel;
import dev.quern.executor.model.plan.Matrix.Part;
import java.util.ArrayList;
import java.util.List;

/** Parameters and bytes of a model, counted from its configuration. */
public final class ModelSize {
  private final ModelConfig config;
  private final boolean int8;
  private final List<Matrix> matrices = new ArrayList<>();

  /** A model stored in 16 bits. */
  public ModelSize(ModelConfig config) {
    this(new StoredModel(config, false));
  }

  public ModelSize(StoredModel model) {
    this.config = model.config();
    this.int8 = model.int8();
    long hidden = config.hidden();
    add(Part.EMBEDDING, -1, 1, config.vocabSize(), hidden);
    if (!config.tiedHead()) {
      add(Part.HEAD, -1, 1, config.vocabSize(), hidden);
    }
    add(Part.NORM, -1, 1, 1, hidden);
    for (int layer = 0; layer < config.layers(); layer++) {
      addAttention(Part.ATTENTION, layer);
      add(Part.NORM, layer, 2, 1, hidden);
      if (config.isMoe(layer)) {
        addExperts(layer, config.moe().orElseThrow());
      } else {
        addSwiGlu(Part.DENSE, layer, 1, config.intermediate());
      }
    }
    for (int k = 0; k < config.mtpLayers(); k++) {
      add(Part.MTP_PROJECTION, -1, 1, hidden, 2 * hidden);
      // Two norms of the block, two of its inputs: kept higher, as the projection.
      add(Part.MTP_PROJECTION, -1, 4, 1, hidden);
      addAttention(Part.MTP_BLOCK, -1);
      addSwiGlu(Part.MTP_BLOCK, -1, 1, config.intermediate());
    }
  }

  private void addAttention(Part part, int layer) {
    long queries = (long) config.heads() * config.headDim();
    long keys = (long) config.kvHeads() * config.headDim();
    add(part, layer, 1, queries, config.hidden());
    add(part, layer, 2, keys, config.hidden());
    add(part, layer, 1, config.hidden(), queries);
  }

  private void addExperts(int layer, MoeConfig moe) {
    add(Part.ROUTER, layer, 1, moe.experts(), config.hidden());
    addSwiGlu(Part.EXPERT, layer, moe.experts(), moe.intermediate());
    if (moe.sharedExperts() > 0) {
      addSwiGlu(Part.SHARED, layer, 1, (long) moe.sharedExperts() * moe.intermediate());
    }
  }

  private void addSwiGlu(Part part, int layer, long count, long width) {
    add(part, layer, 2 * count, width, config.hidden());
    add(part, layer, count, config.hidden(), width);
  }

  private void add(Part part, int layer, long count, long rows, long columns) {
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
            .map(moe -> sum(Part.EXPERT) / moe.experts() * (moe.experts() - moe.topK()))
            .orElse(0L);
    long lookup = config.tiedHead() ? 0 : sum(Part.EMBEDDING);
    return all - idleExperts - lookup;
  }

  /** Parameters of the prediction layer. */
  public long mtpParameters() {
    return matrices.stream().filter(m -> m.part().isMtp()).mapToLong(Matrix::parameters).sum();
  }

  private long sum(Part part) {
    return matrices.stream().filter(m -> m.part() == part).mapToLong(Matrix::parameters).sum();
  }

  /** Bytes of the weights in device memory, without the prediction layer. */
  public long residentBytes(QuantizationScheme scheme) {
    return bytes(scheme, WeightFormat.INT4_GROUPS, false);
  }

  /** The same with one scale an output channel in place of groups, as deployments have it. */
  public long residentBytesPerChannel(QuantizationScheme scheme) {
    return bytes(scheme, WeightFormat.INT4_PER_CHANNEL, false);
  }

  /** Bytes of the prediction layer in device memory. */
  public long mtpBytes(QuantizationScheme scheme) {
    return bytes(scheme, WeightFormat.INT4_GROUPS, true);
  }

  private long bytes(QuantizationScheme scheme, WeightFormat int4, boolean mtp) {
    return matrices.stream()
        .filter(m -> m.part().isMtp() == mtp)
        .mapToLong(m -> m.count() * format(scheme, m, int4).bytes(m.rows(), m.columns()))
        .sum();
  }

  private WeightFormat format(QuantizationScheme scheme, Matrix matrix, WeightFormat int4) {
    boolean asStored =
        int8
            && scheme == QuantizationScheme.NONE
            && matrix.rows() > 1
            && matrix.part() != Part.ROUTER;
    return asStored ? WeightFormat.INT8 : scheme.format(matrix, config.moe().isPresent(), int4);
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
