package dev.quern.executor.engine;

import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.model.ModelConfig;
import dev.quern.executor.model.decoder.KvSizes;
import java.util.List;
import java.util.Locale;

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
    return new EnginePlan(maxModelLen, kv, List.of(line));
  }

  /** int8 under w4a8c8; else f32 where activations are f32, f16 otherwise. */
  private static ElementType autoKvType(EngineOptions options, LoadedModel model) {
    if (model.quantization().scheme().kvType() == ElementType.INT8) {
      return ElementType.INT8;
    }
    boolean int8 =
        options.activations() == Activations.INT8
            || (options.activations() == Activations.AUTO && model.storedIntegers());
    return int8 && !options.device().equals("reference") ? ElementType.F16 : ElementType.F32;
  }

  private static String gib(long bytes) {
    return bytes < (1L << 30)
        ? String.format(Locale.ROOT, "%.0f MiB", bytes / (double) (1 << 20))
        : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }
}
