package dev.quern.server.flight;

import dev.quern.server.http.ApiKeys;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerTransportFilter;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Lets in calls of those who may call, and tells the rest of the server who they are. */
final class CallGate extends ServerTransportFilter implements ServerInterceptor {
  private static final Attributes.Key<ClientSessions.Link> LINK =
      Attributes.Key.create("quern.link");
  private static final Metadata.Key<String> AUTHORIZATION = ascii("authorization");
  private static final Metadata.Key<String> COOKIE = ascii("cookie");
  private static final Metadata.Key<String> SET_COOKIE = ascii("set-cookie");
  private static final String SESSION = "quern_session";
  private static final String BEARER = "Bearer ";
  private static final String BASIC = "Basic ";

  private final ApiKeys keys;
  private final ClientSessions sessions;
  private final Executor workers;

  CallGate(ApiKeys keys, ClientSessions sessions, Executor workers) {
    this.keys = keys;
    this.sessions = sessions;
    this.workers = workers;
  }

  private static Metadata.Key<String> ascii(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  @Override
  public Attributes transportReady(Attributes attributes) {
    return attributes.toBuilder().set(LINK, new ClientSessions.Link()).build();
  }

  @Override
  public void transportTerminated(Attributes attributes) {
    ClientSessions.Link link = attributes == null ? null : attributes.get(LINK);
    if (link != null) {
      // Ending a session waits for its statements; the network's thread must not.
      workers.execute(() -> sessions.disconnected(link));
    }
  }

  @Override
  public <A, B> ServerCall.Listener<A> interceptCall(
      ServerCall<A, B> call, Metadata headers, ServerCallHandler<A, B> next) {
    Optional<String> key = key(headers);
    // Without keys everyone may call, with or without one.
    Optional<String> principal =
        keys.caller(key.orElse("")).map(dev.quern.server.http.Caller::name);
    if (principal.isEmpty()) {
      String message =
          key.isEmpty()
              ? "this server needs an API key: send it as bearer token, or as password"
              : "the API key is not known to this server";
      call.close(Status.UNAUTHENTICATED.withDescription(message), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    var caller =
        new Caller(sessions, principal.get(), cookie(headers), call.getAttributes().get(LINK));
    return Contexts.interceptCall(
        caller.in(Context.current()),
        new ReplyingCall<>(call, caller, isPassword(headers) ? key : Optional.empty()),
        headers,
        next);
  }

  /** Tells the client its cookie, and the bearer token for the password that it sent. */
  private static final class ReplyingCall<A, B> extends SimpleForwardingServerCall<A, B> {
    private final Caller caller;
    private final Optional<String> token;
    private boolean begun;

    ReplyingCall(ServerCall<A, B> call, Caller caller, Optional<String> token) {
      super(call);
      this.caller = caller;
      this.token = token;
    }

    @Override
    public void sendHeaders(Metadata headers) {
      begun = true;
      caller
          .newCookie()
          .ifPresent(id -> headers.put(SET_COOKIE, SESSION + "=" + id + "; Path=/; HttpOnly"));
      token.ifPresent(key -> headers.put(AUTHORIZATION, BEARER + key));
      super.sendHeaders(headers);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (!begun && status.isOk()) {
        // A handshake has no message, and clients look for the token in the headers.
        sendHeaders(new Metadata());
      }
      super.close(status, trailers);
    }
  }

  /** The API key: a bearer token, or the password of a user of any name. */
  private static Optional<String> key(Metadata headers) {
    String value = headers.get(AUTHORIZATION);
    if (value == null) {
      return Optional.empty();
    }
    if (value.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return Optional.of(value.substring(BEARER.length()).strip());
    }
    if (value.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
      try {
        byte[] decoded = Base64.getDecoder().decode(value.substring(BASIC.length()).strip());
        String text = new String(decoded, StandardCharsets.UTF_8);
        int colon = text.indexOf(':');
        return colon < 0 ? Optional.empty() : Optional.of(text.substring(colon + 1));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** Clients that log in with a password send the token that they are told from then on. */
  private static boolean isPassword(Metadata headers) {
    String value = headers.get(AUTHORIZATION);
    return value != null && value.regionMatches(true, 0, BASIC, 0, BASIC.length());
  }

  private static Optional<String> cookie(Metadata headers) {
    Iterable<String> values = headers.getAll(COOKIE);
    Stream<String> all =
        values == null ? Stream.empty() : StreamSupport.stream(values.spliterator(), false);
    return all.flatMap(line -> Arrays.stream(line.split(";")))
        .map(String::strip)
        .filter(pair -> pair.startsWith(SESSION + "="))
        .map(pair -> pair.substring(SESSION.length() + 1).replace("\"", ""))
        .findFirst();
  }
}
