package dev.quern.executor.model.plan;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a model takes.
 *
 * @param model one line: family and shape
 * @param parameters without the prediction layer
 * @param activeParameters those that multiply for one token
 * @param device the device that {@code minimumDevices} counts
 * @param stagingBytes host memory to load onto devices, beside the mapped checkpoint
 * @param fit present where devices were given
 */
public record PlanReport(
    String model,
    long parameters,
    long activeParameters,
    long mtpParameters,
    DeviceGroup device,
    List<SchemeRow> schemes,
    List<KvRow> kv,
    long stagingBytes,
    Optional<Fit> fit) {
  public PlanReport {
    schemes = List.copyOf(schemes);
    kv = List.copyOf(kv);
  }

  /**
   * Weights under one scheme.
   *
   * @param note how int4 weights are scaled (per channel, groups), or how the checkpoint is stored;
   *     empty where there is no choice
   * @param residentBytes without the prediction layer
   * @param minimumDevices least power of two whose 0.9 of memory holds them
   * @param cpuHostBytes anonymous host memory to load on the CPU, without KV
   * @param kvTokens tokens that fit on the devices given
   */
  public record SchemeRow(
      QuantizationScheme scheme,
      String note,
      long residentBytes,
      int minimumDevices,
      long cpuHostBytes,
      OptionalLong kvTokens) {}

  /**
   * Keys and values of one token.
   *
   * @param type f32, f16/bf16, int8
   * @param mtpBytes with the prediction layer's
   */
  public record KvRow(String type, long bytes, long mtpBytes) {}

  /**
   * Whether the request fits.
   *
   * @param wantedTokens max-model-len x max-num-seqs
   * @param problems what does not fit; empty where all does
   * @param nearest options that would make it fit, each on its own
   */
  public record Fit(
      DeviceGroup devices,
      QuantizationScheme scheme,
      long residentBytes,
      long kvTokens,
      int maxModelLen,
      int maxNumSeqs,
      long wantedTokens,
      List<String> problems,
      List<String> nearest) {
    public Fit {
      problems = List.copyOf(problems);
      nearest = List.copyOf(nearest);
    }

    public boolean fits() {
      return problems.isEmpty();
    }
  }

  /** The report for people, a line each. */
  public List<String> lines() {
    return PlanText.lines(this);
  }

  /** The report as one JSON object. */
  public String json() {
    return PlanJson.of(this).toString();
  }
}
