package dev.quern.server.flight;

import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.SecurityLevel;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.io.InputStream;

/**
 * A call whose messages come as bytes, for a handler of messages. It ends once: what is sent after
 * that, by a worker that has not heard of the end, is dropped.
 *
 * @param <Q> requests
 * @param <R> responses
 */
final class GuardedCall<Q, R> extends ServerCall<Q, R> {
  private final ServerCall<InputStream, R> call;
  private final MethodDescriptor<Q, R> method;
  private boolean ended;
  private volatile boolean refused;

  GuardedCall(ServerCall<InputStream, R> call, MethodDescriptor<Q, R> method) {
    this.call = call;
    this.method = method;
  }

  /** Ends the call for what the client has sent. Its handler must be told that it is cancelled. */
  void refuse(Status status) {
    refused = true;
    close(status, new Metadata());
  }

  boolean isRefused() {
    return refused;
  }

  Q parse(InputStream message) {
    return method.parseRequest(message);
  }

  @Override
  public synchronized void sendHeaders(Metadata headers) {
    if (!ended) {
      call.sendHeaders(headers);
    }
  }

  @Override
  public synchronized void sendMessage(R message) {
    if (!ended) {
      call.sendMessage(message);
    }
  }

  @Override
  public synchronized void close(Status status, Metadata trailers) {
    if (!ended) {
      ended = true;
      call.close(status, trailers);
    }
  }

  @Override
  public boolean isCancelled() {
    return refused || call.isCancelled();
  }

  @Override
  public MethodDescriptor<Q, R> getMethodDescriptor() {
    return method;
  }

  @Override
  public void request(int messages) {
    call.request(messages);
  }

  @Override
  public boolean isReady() {
    return call.isReady();
  }

  @Override
  public void setOnReadyThreshold(int bytes) {
    call.setOnReadyThreshold(bytes);
  }

  @Override
  public void setMessageCompression(boolean enabled) {
    call.setMessageCompression(enabled);
  }

  @Override
  public void setCompression(String compressor) {
    call.setCompression(compressor);
  }

  @Override
  public SecurityLevel getSecurityLevel() {
    return call.getSecurityLevel();
  }

  @Override
  public Attributes getAttributes() {
    return call.getAttributes();
  }

  @Override
  public String getAuthority() {
    return call.getAuthority();
  }
}
