package dev.quern.server.metrics;

import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.Usage;

/**
 * Measures one request from its making to its close. For the thread that answers it:
 *
 * <pre>
 * try (MeteredRequest metered = meters.request(RequestKind.CHAT)) {
 *   // for each piece that comes:   metered.tokens();
 *   // for each row that has ended: metered.done(done.reason(), done.usage());
 * }
 * </pre>
 */
public final class MeteredRequest implements AutoCloseable {
  private final RequestMeters meters;
  private final RequestKind kind;
  private final long start;
  private long last;
  private boolean tokens;
  private boolean ended;
  private boolean answered;

  MeteredRequest(RequestMeters meters, RequestKind kind) {
    this.meters = meters;
    this.kind = kind;
    start = meters.now();
    last = start;
    meters.started(kind);
  }

  /**
   * Tokens of a stream have come: the first give the time to first token, later ones the latency
   * between tokens. Of answers that come in one piece the engine's clock gives the time to first
   * token.
   */
  public void tokens() {
    long now = meters.now();
    if (tokens) {
      meters.latency(kind, seconds(last, now));
    } else {
      meters.firstToken(kind, seconds(start, now));
    }
    tokens = true;
    last = now;
  }

  /** An answer of the request is complete, or has failed. */
  public void done(FinishReason reason, Usage usage) {
    ended = true;
    answered |= reason == FinishReason.STOP || reason == FinishReason.LENGTH;
    if (!tokens && !usage.timing().equals(Usage.Timing.NONE) && usage.completionTokens() > 0) {
      tokens = true;
      meters.firstToken(kind, usage.timing().queue() + usage.timing().prefill());
    }
    meters.ended(kind, reason, usage);
  }

  /** The request ends; one of which no answer has ended counts as aborted. */
  @Override
  public void close() {
    meters.closed(kind);
    if (answered) {
      meters.whole(kind, seconds(start, meters.now()));
    } else if (!ended) {
      meters.aborted(kind);
    }
  }

  private static double seconds(long from, long to) {
    return (to - from) / 1e9;
  }
}
