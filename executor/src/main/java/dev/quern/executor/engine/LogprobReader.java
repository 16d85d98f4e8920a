package dev.quern.executor.engine;

import dev.quern.executor.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Reads the log-probabilities of tokens off a step's logit rows. */
final class LogprobReader {
  private static final byte[] NO_BYTES = {};

  /** For a logit row that is not read. */
  static final int NOT_READ = -1;

  private final ModelRunner runner;
  private final Optional<Tokenizer> tokenizer;

  /**
   * @param tokenizer gives tokens their text
   */
  LogprobReader(ModelRunner runner, Optional<Tokenizer> tokenizer) {
    this.runner = runner;
    this.tokenizer = tokenizer;
  }

  /**
   * What the model held likely in the first logit rows.
   *
   * @param tokens token i stands behind the place of logit row i
   * @param most most likely tokens wanted beside it, or {@link #NOT_READ}
   * @return null for rows that are not read
   */
  PositionLogprobs[] read(int[] tokens, int[] most) {
    int count = tokens.length;
    int[][] ids = new int[count][];
    int[] wanted = new int[count];
    for (int i = 0; i < count; i++) {
      if (most[i] != NOT_READ) {
        ids[i] = new int[] {tokens[i]};
        wanted[i] = most[i];
      }
    }
    double[][] logprobs = new double[count][];
    runner.report(logprobs, ids, wanted, count);
    PositionLogprobs[] read = new PositionLogprobs[count];
    for (int i = 0; i < count; i++) {
      if (ids[i] != null) {
        List<TokenLogprob> entries = new ArrayList<>(ids[i].length);
        for (int k = 0; k < ids[i].length; k++) {
          entries.add(entry(ids[i][k], logprobs[i][k]));
        }
        read[i] = new PositionLogprobs(entries.getFirst(), entries.subList(1, entries.size()));
      }
    }
    return read;
  }

  private TokenLogprob entry(int id, double logprob) {
    byte[] bytes = tokenizer.map(t -> t.bytes(id)).orElse(NO_BYTES);
    return new TokenLogprob(
        id,
        new String(bytes, StandardCharsets.UTF_8), // puts U+FFFD for parts of characters
        IntStream.range(0, bytes.length).mapToObj(i -> bytes[i] & 0xFF).toList(),
        logprob);
  }
}
