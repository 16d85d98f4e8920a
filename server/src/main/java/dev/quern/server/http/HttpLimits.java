package dev.quern.server.http;

import java.time.Duration;

/**
 * What clients may ask of the endpoint at once.
 *
 * @param bodyBytes largest request body
 * @param requests most requests that run or wait; more are answered 429
 * @param requestsPerKey most of them with one API key
 * @param connections most that are open; more are closed as they come
 * @param requestTime longest time that a body may take to arrive, that a client may leave an answer
 *     unread, and that a connection may stay open without a request
 * @param grace time that running requests have when the endpoint closes
 */
public record HttpLimits(
    int bodyBytes,
    int requests,
    int requestsPerKey,
    int connections,
    Duration requestTime,
    Duration grace) {
  /**
   * Bodies of 16 MiB (some million tokens of text), 512 requests, 4,096 connections, a minute, ten
   * seconds.
   */
  public static final HttpLimits DEFAULT =
      new HttpLimits(16 << 20, 512, 512, 4096, Duration.ofMinutes(1), Duration.ofSeconds(10));
}
