package dev.quern.executor.model.plan;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.ModelConfig;
import dev.quern.executor.model.MoeConfig;
import dev.quern.executor.model.StoredModel;
import dev.quern.executor.model.plan.PlanReport.Fit;
import dev.quern.executor.model.plan.PlanReport.KvRow;
import dev.quern.executor.model.plan.PlanReport.SchemeRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Plans a model from its configuration: no weight is read. */
public final class MemoryPlan {
  /** What sizes are counted in where no devices are given: a card of 80e9 bytes. */
  private static final DeviceGroup REFERENCE = DeviceGroup.parse("h800:1");

  /** Buffers of the engine beside weights and KV cache. */
  private static final long WORKING_BYTES = 256L << 20;

  private final ModelConfig config;
  private final Optional<WeightFormat> quantized;
  private final Optional<StoredModel.Packed> packed;
  private final ModelSize size;
  private final PlanRequest request;

  private MemoryPlan(StoredModel model, PlanRequest request) {
    this.config = model.config();
    this.quantized = model.quantized();
    this.packed = model.packed();
    this.size = new ModelSize(model);
    this.request = request;
  }

  /**
   * Plans a checkpoint.
   *
   * @param model a checkpoint folder, of which only {@code config.json} need exist, or the JSON
   *     file itself
   * @throws dev.quern.executor.engine.EngineException when the configuration cannot be read
   */
  public static PlanReport of(Path model, PlanRequest request) {
    StoredModel stored = StoredModel.read(model);
    boolean convert = request.scheme().filter(s -> s != QuantizationScheme.NONE).isPresent();
    if (stored.packed().isPresent() && convert) {
      throw new EngineException(
          "--quantization %s: %s holds packed weights; plan the checkpoint that they were made from"
              .formatted(request.scheme().get().label(), model));
    }
    return new MemoryPlan(stored, request).report();
  }

  /** Plans a configuration, stored in 16 bits. */
  public static PlanReport of(ModelConfig config, PlanRequest request) {
    return new MemoryPlan(StoredModel.plain(config), request).report();
  }

  private PlanReport report() {
    QuantizationScheme scheme = request.scheme().orElse(QuantizationScheme.NONE);
    List<SchemeRow> rows = new ArrayList<>();
    for (QuantizationScheme each : size.schemes()) {
      if (each.hasInt4()) {
        rows.add(row(each, "per channel", size.residentBytesPerChannel(each)));
        rows.add(row(each, "groups", size.residentBytes(each)));
      } else {
        rows.add(row(each, storedNote(each), size.residentBytes(each)));
      }
    }
    return new PlanReport(
        describe(),
        size.parameters(),
        size.activeParameters(),
        size.mtpParameters(),
        request.devices().orElse(REFERENCE),
        rows,
        List.of(
            kv("f32", ElementType.F32),
            kv("f16 or bf16", ElementType.F16),
            kv("int8", ElementType.INT8)),
        size.largestMatrixBytes() + WORKING_BYTES,
        request.devices().map(devices -> fit(deployment(devices, scheme))));
  }

  private String storedNote(QuantizationScheme scheme) {
    return packed
        .map(
            p -> p.quantization().isNone() ? "as stored" : "as stored, " + p.quantization().label())
        .or(() -> quantized.map(format -> "as stored, " + format.label()))
        .filter(_ -> scheme == QuantizationScheme.NONE)
        .orElse("");
  }

  private SchemeRow row(QuantizationScheme scheme, String scales, long residentBytes) {
    OptionalLong tokens =
        request
            .devices()
            .map(devices -> OptionalLong.of(deployment(devices, scheme).kvTokens(residentBytes)))
            .orElse(OptionalLong.empty());
    return new SchemeRow(
        scheme,
        scales,
        residentBytes,
        request.devices().orElse(REFERENCE).leastCount(residentBytes),
        residentBytes + WORKING_BYTES,
        tokens);
  }

  private Deployment deployment(DeviceGroup devices, QuantizationScheme scheme) {
    return new Deployment(
        config,
        size,
        devices,
        scheme,
        request.kvType().orElse(packed.map(p -> p.quantization().scheme()).orElse(scheme).kvType()),
        request.maxModelLen().orElse(config.maxPositions()),
        request.maxNumSeqs().orElse(1));
  }

  private Fit fit(Deployment wanted) {
    return new Fit(
        wanted.devices(),
        wanted.scheme(),
        wanted.residentBytes(),
        wanted.kvTokens(),
        wanted.maxModelLen(),
        wanted.maxNumSeqs(),
        wanted.wantedTokens(),
        wanted.problems(),
        NearestSetting.of(wanted, request.kvType().isPresent()));
  }

  private KvRow kv(String name, ElementType type) {
    return new KvRow(name, size.kvBytesPerToken(type, false), size.kvBytesPerToken(type, true));
  }

  private String describe() {
    Optional<MoeConfig> moe = config.moe();
    String experts =
        moe.map(m ->
                ", %d experts of %d (%d a token), %d shared"
                    .formatted(m.experts(), m.intermediate(), m.topK(), m.sharedExperts()))
            .orElse("");
    return "%s, %d layers, hidden %d, %d heads, %d KV heads, vocabulary %d%s"
        .formatted(
            config.family().modelType(),
            config.layers(),
            config.hidden(),
            config.heads(),
            config.kvHeads(),
            config.vocabSize(),
            experts);
  }
}
