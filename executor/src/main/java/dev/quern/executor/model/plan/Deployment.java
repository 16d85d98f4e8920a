package dev.quern.executor.model.plan;

import dev.quern.executor.device.ElementType;
import dev.quern.executor.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One way to run a model on devices: what it takes, and what of it does not fit. */
record Deployment(
    ModelConfig config,
    ModelSize size,
    DeviceGroup devices,
    QuantizationScheme scheme,
    ElementType kvType,
    int maxModelLen,
    int maxNumSeqs) {

  long residentBytes() {
    return size.residentBytes(scheme);
  }

  /** What the usable memory leaves for keys and values; negative where the weights do not fit. */
  long freeBytes() {
    return devices.count() * devices.usableBytes() - residentBytes();
  }

  /** Tokens whose keys and values fit beside the weights. */
  long kvTokens() {
    return kvTokens(residentBytes());
  }

  /** The same beside this many bytes; devices beyond the number of KV heads keep copies. */
  long kvTokens(long weightBytes) {
    long free = Math.max(0, devices.count() * devices.usableBytes() - weightBytes);
    long heads = Math.min(devices.count(), config.kvHeads());
    return free / devices.count() * heads / size.kvBytesPerToken(kvType, false);
  }

  long wantedTokens() {
    return (long) maxModelLen * maxNumSeqs;
  }

  /** Tensor parallelism gives every device whole heads. */
  boolean dividesHeads() {
    int count = devices.count();
    boolean kvHeads = config.kvHeads() % count == 0 || count % config.kvHeads() == 0;
    return config.heads() % count == 0 && kvHeads;
  }

  boolean fits() {
    return problems().isEmpty();
  }

  /** Why it cannot run; empty where it can. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (maxModelLen > config.maxPositions()) {
      problems.add(
          String.format(
              Locale.ROOT,
              "--max-model-len %,d is more than the %,d positions of the model",
              maxModelLen,
              config.maxPositions()));
    }
    if (!dividesHeads()) {
      problems.add(
          "%d devices cannot share %d heads and %d KV heads evenly"
              .formatted(devices.count(), config.heads(), config.kvHeads()));
    }
    if (freeBytes() < 0) {
      problems.add(
          "weights: %s in %s, but %s have %s for them (0.9 of their memory)"
              .formatted(
                  Bytes.text(residentBytes()),
                  scheme.label(),
                  devices,
                  Bytes.text(devices.count() * devices.usableBytes())));
    } else if (wantedTokens() > kvTokens()) {
      problems.add(
          String.format(
              Locale.ROOT,
              "KV cache: %,d sequences of %,d tokens are %,d tokens, but %,d fit beside the weights",
              maxNumSeqs,
              maxModelLen,
              wantedTokens(),
              kvTokens()));
    }
    return problems;
  }

  Deployment with(DeviceGroup other) {
    return new Deployment(config, size, other, scheme, kvType, maxModelLen, maxNumSeqs);
  }

  Deployment with(QuantizationScheme other) {
    return new Deployment(config, size, devices, other, other.kvType(), maxModelLen, maxNumSeqs);
  }

  Deployment with(int modelLen, int numSeqs) {
    return new Deployment(config, size, devices, scheme, kvType, modelLen, numSeqs);
  }
}
