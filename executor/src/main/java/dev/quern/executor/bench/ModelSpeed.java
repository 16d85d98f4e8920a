package dev.quern.executor.bench;

import dev.quern.executor.device.cpu.CpuPeaks;
import dev.quern.executor.device.host.ActivationGroups;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.LocalTokens;
import dev.quern.executor.engine.StepTotals;
import java.util.Optional;

/**
 * Predicts how fast a model runs here: what its steps must compute and read ({@link ModelCost})
 * over the machine's measured peaks, times the shares of them that the engine reached (README,
 * "Measured"). Once an engine has run, its own time corrects the prediction.
 */
public final class ModelSpeed {
  /** Shares of the peaks reached in prefill 512, decoding 32 rows and decoding one row. */
  private static final double PREFILL_SHARE = 0.54;

  private static final double DECODE_SHARE = 0.36;
  private static final double READ_SHARE = 0.7;

  /** Float32 multiply-adds beside int8 ones, of the same core. */
  private static final double FLOAT_SHARE = 0.125;

  /** Read for the peak of memory: more than caches hold, and done in a fraction of a second. */
  private static final long READ_BYTES = 1L << 28;

  /** Drawn tokens behind which an engine's own time counts: before, it is compiling. */
  private static final int LEAST_DRAWN = 256;

  private final double macsPerSecond;
  private final double bytesPerSecond;
  private final int sequences;

  private ModelSpeed(double macsPerSecond, double bytesPerSecond, int sequences) {
    this.macsPerSecond = macsPerSecond;
    this.bytesPerSecond = bytesPerSecond;
    this.sequences = sequences;
  }

  /**
   * Measures the machine, which takes about a second.
   *
   * @return empty for a device that is no CPU or has no kernels: nothing is known of its peaks
   */
  public static Optional<ModelSpeed> measure(EngineOptions options, LocalTokens model) {
    if (!options.device().startsWith("cpu")) {
      return Optional.empty();
    }
    var peaks = CpuPeaks.of(options.device(), options.threads());
    boolean integers =
        model.model().checkpoint().productFormats().stream()
            .anyMatch(format -> ActivationGroups.apply(options.activations(), format));
    return Optional.of(
        new ModelSpeed(
            peaks.int8MacsPerSecond() * (integers ? 1 : FLOAT_SHARE),
            peaks.readBytesPerSecond(READ_BYTES),
            options.maxNumSeqs()));
  }

  /**
   * The rates of a model.
   *
   * @param model of the kind that this was measured for
   * @param context mean number of tokens before a token
   * @param rows rows that could be answered at a time
   */
  public StepRates rates(LocalTokens model, double context, double rows) {
    int together = (int) Math.clamp(rows, 1, sequences);
    var cost = new ModelCost(model.model().checkpoint(), model.kv());
    var predicted =
        new StepRates(
            cost.tokenMacs(context / 2) / (macsPerSecond * PREFILL_SHARE),
            (cost.tokenMacs(context) + cost.headMacs()) / (macsPerSecond * DECODE_SHARE),
            cost.weightBytes(together) / (bytesPerSecond * READ_SHARE),
            sequences);
    StepTotals ran = model.times();
    return ran.drawn() < LEAST_DRAWN ? predicted : predicted.times(slower(predicted, ran));
  }

  /** Time that steps took over the time that was predicted for them. */
  private static double slower(StepRates predicted, StepTotals ran) {
    double drawing =
        Math.max(ran.steps() * predicted.stepSeconds(), ran.drawn() * predicted.answerSeconds());
    // Every drawn token but a row's first is computed as a step's input too.
    double prompts = Math.max(0, ran.tokens() - ran.drawn()) * predicted.promptSeconds();
    return ran.seconds() / (prompts + drawing);
  }
}
