package dev.quern.server.openai;

import java.time.InstantSource;
import java.util.UUID;

/**
 * What names an answer.
 *
 * @param created seconds since 1970
 */
public record AnswerId(String id, long created) {
  /**
   * @param prefix says what kind of answer it is, as OpenAI's do: {@code chatcmpl-}, {@code cmpl-}
   */
  public static AnswerId next(String prefix, InstantSource clock) {
    return new AnswerId(
        prefix + UUID.randomUUID().toString().replace("-", ""), clock.instant().getEpochSecond());
  }
}
