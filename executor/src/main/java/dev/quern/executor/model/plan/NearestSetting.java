package dev.quern.executor.model.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * For a deployment that does not fit: the nearest change of one setting, each, that makes it fit.
 */
final class NearestSetting {
  private static final int MAX_DEVICES = 4096;

  private final Deployment wanted;
  private final boolean kvTypeGiven;

  private NearestSetting(Deployment wanted, boolean kvTypeGiven) {
    this.wanted = wanted;
    this.kvTypeGiven = kvTypeGiven;
  }

  /**
   * @param kvTypeGiven whether the user chose the KV format, so that another scheme keeps it
   * @return options as they would be typed; empty where it fits
   */
  static List<String> of(Deployment wanted, boolean kvTypeGiven) {
    return wanted.fits() ? List.of() : new NearestSetting(wanted, kvTypeGiven).all();
  }

  private List<String> all() {
    List<String> options = new ArrayList<>();
    addScheme(options);
    addDevices(options);
    addLength(options);
    addSequences(options);
    if (options.isEmpty()) {
      addLengthAndDevices(options);
    }
    return options;
  }

  /** The most exact scheme among those smaller than the wanted one. */
  private void addScheme(List<String> options) {
    wanted.size().schemes().stream()
        .filter(s -> s.compareTo(wanted.scheme()) > 0)
        .filter(s -> withScheme(s).fits())
        .findFirst()
        .ifPresent(s -> options.add("--quantization " + s.label()));
  }

  private Deployment withScheme(QuantizationScheme scheme) {
    Deployment other = wanted.with(scheme);
    return kvTypeGiven
        ? new Deployment(
            other.config(),
            other.size(),
            other.devices(),
            scheme,
            wanted.kvType(),
            other.maxModelLen(),
            other.maxNumSeqs())
        : other;
  }

  private void addDevices(List<String> options) {
    leastDevices(wanted).ifPresent(n -> options.add("--devices " + wanted.devices().withCount(n)));
  }

  private static OptionalInt leastDevices(Deployment deployment) {
    return IntStream.iterate(1, n -> n <= MAX_DEVICES, n -> 2 * n)
        .filter(n -> deployment.with(deployment.devices().withCount(n)).fits())
        .findFirst();
  }

  private void addLength(List<String> options) {
    long tokens = wanted.kvTokens() / wanted.maxNumSeqs();
    int length = (int) Math.min(tokens, wanted.config().maxPositions());
    if (length >= 1 && wanted.with(length, wanted.maxNumSeqs()).fits()) {
      options.add("--max-model-len " + length);
    }
  }

  private void addSequences(List<String> options) {
    int sequences = (int) Math.min(wanted.kvTokens() / wanted.maxModelLen(), 65536);
    if (sequences >= 1 && wanted.with(wanted.maxModelLen(), sequences).fits()) {
      options.add("--max-num-seqs " + sequences);
    }
  }

  /** More than one thing is wrong: a length beyond the model's positions and too little memory. */
  private void addLengthAndDevices(List<String> options) {
    int length = Math.min(wanted.maxModelLen(), wanted.config().maxPositions());
    Deployment shorter = wanted.with(length, wanted.maxNumSeqs());
    leastDevices(shorter)
        .ifPresent(n ->
            options.add(
                "--max-model-len %d --devices %s"
                    .formatted(length, wanted.devices().withCount(n))));
  }
}
