package dev.quern.server.http;

import java.io.IOException;

/** Answers one request, in a thread of its own: it may block. */
@FunctionalInterface
public interface Handler {
  /**
   * Sends exactly one answer.
   *
   * @throws ApiException for an answer other than 200; also once the answer has begun
   * @throws IOException when the client has gone
   * @throws InterruptedException when the endpoint closes
   */
  void handle(Request request, Reply reply) throws ApiException, IOException, InterruptedException;
}
