package dev.quern.server.http;

/** Is told of each request that has been answered; called in the request's thread. */
@FunctionalInterface
public interface AnswerListener {
  /** Listens to nothing. */
  AnswerListener NONE = (_, _) -> {};

  /** Route of requests that fit none. */
  String NO_ROUTE = "other";

  /** Status of a client that went away before its answer was whole. */
  int GONE = 499;

  /**
   * @param route pattern of the route, such as {@code /v1/batches/{id}}, never the path asked for;
   *     {@link #NO_ROUTE} where there is none
   * @param status of the answer; {@link #GONE} where the client has gone
   */
  void answered(String route, int status);
}
