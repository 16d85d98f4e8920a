package dev.quern.server.http;

import java.io.IOException;
import java.io.PrintStream;
import java.util.UUID;

/**
 * Sees to it that each request is answered once, whatever its handler does.
 *
 * @param listener is told of the answers
 * @param log receives failures of handlers
 */
record Answering(AnswerListener listener, PrintStream log) {

  void handle(Handler handler, Request request, Reply reply) {
    listener.answered(reply.route(), statusOf(handler, request, reply));
  }

  private int statusOf(Handler handler, Request request, Reply reply) {
    try {
      try {
        handler.handle(request, reply);
        if (reply.started()) {
          reply.end();
        }
        return reply.status();
      } catch (ApiException e) {
        fail(reply, e);
        return e.status();
      } catch (RuntimeException | Error e) {
        ApiException internal = internal(request, e);
        fail(reply, internal);
        return internal.status();
      }
    } catch (IOException e) {
      // The client has gone: nobody to tell.
      reply.departure().leave();
    } catch (InterruptedException e) {
      reply.abort();
    }
    return AnswerListener.GONE;
  }

  /** The client gets a name to ask for, not paths and classes of the server. */
  private ApiException internal(Request request, Throwable failure) {
    String name = UUID.randomUUID().toString();
    log.println("quern: a request to " + request.path() + " failed (" + name + "): " + failure);
    return new ApiException(
        500,
        "server_error",
        "internal error; the server's log tells more under " + name,
        null,
        null);
  }

  private static void fail(Reply reply, ApiException e) throws IOException, InterruptedException {
    if (reply.started()) {
      reply.lateError(e);
      reply.end();
    } else {
      reply.sendError(e);
    }
  }

  /** Answers a request that no handler gets. */
  void refuse(Reply reply, ApiException refusal) {
    listener.answered(reply.route(), refusal.status());
    try {
      reply.sendError(refusal);
    } catch (IOException e) {
      // The client has gone.
    } catch (InterruptedException e) {
      reply.abort();
    }
  }

  /**
   * The same where the client still sends what nobody reads: the connection ends with the answer.
   */
  void refuseUnread(Reply reply, ApiException refusal) {
    try {
      reply.header("Connection", "close");
    } catch (IOException e) {
      // The client has gone, as the answer will find.
    } catch (InterruptedException e) {
      reply.abort();
    }
    refuse(reply, refusal);
  }

  /** The client went away before its request was whole. */
  void gone(Reply reply) {
    listener.answered(reply.route(), AnswerListener.GONE);
  }
}
