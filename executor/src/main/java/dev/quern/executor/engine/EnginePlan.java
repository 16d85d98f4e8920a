package dev.quern.executor.engine;

import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.WeightFormat;
import dev.quern.executor.device.host.ActivationGroups;
import dev.quern.executor.model.ModelConfig;
import dev.quern.executor.model.decoder.KvSizes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sizes of an engine, settled before anything is loaded.
 *
 * @param maxModelLen most tokens of prompt and answer
 * @param kv blocks, block size and type
 * @param lines what a person should read before loading starts
 */
record EnginePlan(int maxModelLen, KvSizes kv, List<String> lines) {
  /** KV memory taken when nothing is asked for and a whole context needs less. */
  private static final long DEFAULT_KV_BYTES = 1L << 30;

  EnginePlan {
    lines = List.copyOf(lines);
  }

  /**
   * @param availableBytes memory that can be had now
   * @throws EngineException when it does not fit, with the nearest setting that does
   */
  static EnginePlan of(EngineOptions options, LoadedModel model, long availableBytes) {
    ModelConfig config = model.checkpoint().config();
    long weightBytes = model.weightBytes();
    ElementType type = options.kvCacheType().orElse(autoKvType(options, model));
    long tokenBytes =
        new KvSpec(config.layers(), config.kvHeads(), config.headDim(), 1, 1, type).bytesPerToken();
    long room = availableBytes - weightBytes;
    if (room < tokenBytes * options.blockSize()) {
      throw new EngineException(
          "the weights need "
              + gib(weightBytes)
              + " and "
              + gib(availableBytes)
              + " of memory are free; use a smaller model or a machine with more memory");
    }
    int maxModelLen = options.maxModelLen().orElse(config.maxPositions());
    if (maxModelLen > config.maxPositions()) {
      throw new EngineException(
          "max-model-len "
              + maxModelLen
              + " is more than the checkpoint's max_position_embeddings "
              + config.maxPositions()
              + "; use at most that");
    }
    long kvTokens =
        options
            .kvTokens()
            .map(Integer::longValue)
            .orElseGet(() -> {
              long wanted =
                  Math.min(
                      (long) options.maxNumSeqs() * config.maxPositions(),
                      Math.max(
                          options.maxModelLen().orElse(config.maxPositions()),
                          DEFAULT_KV_BYTES / tokenBytes));
              return Math.min(wanted, room / 2 / tokenBytes);
            });
    if (kvTokens > room / tokenBytes) {
      throw new EngineException(
          "kv-cache-tokens "
              + kvTokens
              + " of "
              + tokenBytes
              + " bytes do not fit into the "
              + gib(room)
              + " of memory beside the weights; use at most "
              + room / tokenBytes);
    }
    if (kvTokens < maxModelLen && options.maxModelLen().isPresent()) {
      throw new EngineException(
          "max-model-len "
              + maxModelLen
              + " needs as many KV tokens and the cache holds "
              + kvTokens
              + " ("
              + tokenBytes
              + " bytes each, "
              + gib(room)
              + " of memory beside the weights); use max-model-len "
              + kvTokens
              + " or less");
    }
    maxModelLen = (int) Math.min(maxModelLen, kvTokens);
    if (!options.chunkedPrefill() && options.maxNumBatchedTokens() < maxModelLen) {
      throw new EngineException(
          "enable-chunked-prefill=false runs a prompt in one step: max-num-batched-tokens "
              + options.maxNumBatchedTokens()
              + " is less than max-model-len "
              + maxModelLen
              + "; set max-num-batched-tokens="
              + maxModelLen
              + " or max-model-len="
              + options.maxNumBatchedTokens());
    }
    if (options.swapBytes() > 0 && !options.prefixCaching()) {
      throw new EngineException(
          "swap-space holds what falls out of the prefix cache, and enable-prefix-caching=false"
              + " keeps none; leave one of the two out");
    }
    int blocks = Math.toIntExact(Math.ceilDiv(kvTokens, options.blockSize()));
    var kv = new KvSizes(blocks, options.blockSize(), type);
    String line =
        String.format(
            Locale.ROOT,
            "weights %s %s; KV cache %,d tokens x %,d bytes (%s) = %s; context %,d tokens;"
                + " %s of memory free",
            gib(weightBytes),
            model.weights(),
            (long) blocks * options.blockSize(),
            tokenBytes,
            type.name().toLowerCase(Locale.ROOT),
            gib(blocks * tokenBytes * options.blockSize()),
            maxModelLen,
            gib(availableBytes));
    return new EnginePlan(
        maxModelLen,
        kv,
        Stream.concat(Stream.of(line), int8Activations(options, model).stream()).toList());
  }

  /**
   * What {@code activations=int8} does not reach, a line for people.
   *
   * @throws EngineException when it reaches nothing
   */
  private static Optional<String> int8Activations(EngineOptions options, LoadedModel model) {
    if (options.activations() != Activations.INT8) {
      return Optional.empty();
    }
    Map<Boolean, List<WeightFormat>> formats =
        model.checkpoint().productFormats().stream()
            .collect(Collectors.partitioningBy(f -> ActivationGroups.apply(Activations.INT8, f)));
    String rest =
        formats.get(false).stream().map(WeightFormat::label).collect(Collectors.joining(" and "));
    if (formats.get(true).isEmpty()) {
      throw new EngineException(
          "activations int8 needs integer weights, and all of "
              + model.name()
              + " are "
              + rest
              + ", whose products run in float32; choose a quantization with integers (wint8, wint4,"
              + " w4a8, wint2) or leave activations out");
    }
    return rest.isEmpty()
        ? Optional.empty()
        : Optional.of("activations int8: products with " + rest + " weights run in float32");
  }

  /** int8 under w4a8c8; else f32 where activations are f32, f16 otherwise. */
  private static ElementType autoKvType(EngineOptions options, LoadedModel model) {
    if (model.quantization().scheme().kvType() == ElementType.INT8) {
      return ElementType.INT8;
    }
    boolean int8 = options.activations() != Activations.F32 && model.storedIntegers();
    return int8 && !options.device().equals("reference") ? ElementType.F16 : ElementType.F32;
  }

  static String gib(long bytes) {
    return bytes < (1L << 30)
        ? String.format(Locale.ROOT, "%.0f MiB", bytes / (double) (1 << 20))
        : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }
}
