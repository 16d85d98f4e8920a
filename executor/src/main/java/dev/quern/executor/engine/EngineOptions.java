package dev.quern.executor.engine;

import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.model.plan.QuantizationScheme;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * How an engine is opened. The names, shared by the command line ({@code --max-model-len 4096}) and
 * JDBC properties ({@code max-model-len=4096}), are those that operators of large models know.
 *
 * @param model folder of the checkpoint; empty: the embedded model
 * @param quantization scheme that the weights are converted to while loading; empty or none: as
 *     stored
 * @param quantizationConfig file with schemes for parts of the model
 * @param device such as cpu, reference, cuda:0
 * @param threads 0: one per core
 * @param activations how products with quantized weights take their activations
 * @param kvCacheType empty: chosen by device and activations
 * @param tensorParallelSize ranks that share each layer
 * @param maxModelLen most tokens of prompt and answer; empty: the checkpoint's
 * @param maxNumSeqs most sequences in one step
 * @param maxNumBatchedTokens most tokens in one step
 * @param maxStepMillis about how long a step may take while a row with a priority above 0 waits or
 *     runs, and for 30 s of steps after the last; 0: no such limit
 * @param blockSize tokens of a KV block
 * @param kvTokens tokens that the KV cache holds; empty: chosen by free memory
 * @param swapBytes host memory and spill file for blocks that fall out of the KV cache; 0: they are
 *     computed again
 * @param prefixCaching whether keys and values are shared between prompts
 * @param chunkedPrefill whether a prompt may be spread over several steps
 * @param load whether packed weights run where they are mapped or are copied into large pages
 */
public record EngineOptions(
    Optional<String> model,
    Optional<QuantizationScheme> quantization,
    Optional<String> quantizationConfig,
    String device,
    int threads,
    Activations activations,
    Optional<ElementType> kvCacheType,
    int tensorParallelSize,
    Optional<Integer> maxModelLen,
    int maxNumSeqs,
    int maxNumBatchedTokens,
    int maxStepMillis,
    int blockSize,
    Optional<Integer> kvTokens,
    long swapBytes,
    boolean prefixCaching,
    boolean chunkedPrefill,
    Load load) {

  /** How weights come into memory: AUTO maps those that are packed and packs the others. */
  public enum Load {
    AUTO,
    MMAP,
    COPY
  }

  /** Every engine option of the contract, whether built or not. */
  public static final List<String> NAMES =
      List.of(
          "model",
          "quantization",
          "quantization-config",
          "activations",
          "kv-cache-dtype",
          "kv-cache-tokens",
          "tensor-parallel-size",
          "max-model-len",
          "max-num-seqs",
          "max-num-batched-tokens",
          "max-step-ms",
          "block-size",
          "swap-space",
          "enable-prefix-caching",
          "enable-chunked-prefill",
          "speculative-config",
          "sampling-method",
          "splitwise-role",
          "use-cudagraph",
          "device",
          "threads",
          "load");

  public static final EngineOptions DEFAULT = parse(Map.of());

  /**
   * Reads options by name.
   *
   * @throws IllegalArgumentException for an unknown name, a value out of range (with the range), or
   *     an option that is not built yet
   */
  public static EngineOptions parse(Map<String, String> values) {
    var unknown = new TreeSet<>(values.keySet());
    NAMES.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "unknown engine option " + unknown + "; valid: " + String.join(", ", NAMES));
    }
    var v = new OptionValues(values);
    v.onlyBuilt("speculative-config", List.of(), "decoding runs without speculation");
    v.onlyBuilt("splitwise-role", List.of("mixed"), "use mixed");
    v.onlyBuilt("use-cudagraph", List.of("false", "0"), "there are no CUDA kernels yet");
    v.oneOf("sampling-method", List.of("auto", "sort", "rejection"));
    v.onlyBuilt("sampling-method", List.of("auto", "sort"), "use sort");
    boolean chunkedPrefill = v.bool("enable-chunked-prefill").orElse(true);
    int maxStepMillis = v.integer("max-step-ms", 0, 3_600_000).orElse(0);
    if (maxStepMillis > 0 && !chunkedPrefill) {
      throw new IllegalArgumentException(
          "max-step-ms "
              + maxStepMillis
              + " needs enable-chunked-prefill: a whole prompt in one step takes as long as it"
              + " takes; drop one of the two");
    }
    return new EngineOptions(
        v.text("model"),
        v.text("quantization").map(QuantizationScheme::parse),
        v.file("quantization-config"),
        v.text("device").orElse("cpu"),
        v.integer("threads", 0, 1024).orElse(0),
        v.oneOf("activations", List.of("auto", "f32", "int8"))
            .map(s -> Activations.valueOf(s.toUpperCase(java.util.Locale.ROOT)))
            .orElse(Activations.AUTO),
        v.oneOf("kv-cache-dtype", List.of("auto", "f32", "f16", "bf16", "int8"))
            .filter(s -> !s.equals("auto"))
            .map(s -> ElementType.valueOf(s.toUpperCase(java.util.Locale.ROOT))),
        v.integer("tensor-parallel-size", 1, 64).orElse(1),
        v.integer("max-model-len", 1, 1 << 24),
        v.integer("max-num-seqs", 1, 65536).orElse(128),
        v.integer("max-num-batched-tokens", 1, 1 << 20).orElse(512),
        maxStepMillis,
        v.integer("block-size", 1, 1024).orElse(16),
        v.integer("kv-cache-tokens", 1, Integer.MAX_VALUE),
        v.gibibytes("swap-space").orElse(0L),
        v.bool("enable-prefix-caching").orElse(true),
        chunkedPrefill,
        v.oneOf("load", List.of("auto", "mmap", "copy"))
            .map(s -> Load.valueOf(s.toUpperCase(java.util.Locale.ROOT)))
            .orElse(Load.AUTO));
  }
}
