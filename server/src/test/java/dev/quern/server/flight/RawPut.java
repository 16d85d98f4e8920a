package dev.quern.server.flight;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;

/** Calls of Flight's put or exchange whose messages are any bytes. */
@SuppressWarnings("try") // close() may be interrupted
record RawPut(ManagedChannel channel, String method) implements AutoCloseable {
  private static final MethodDescriptor.Marshaller<byte[]> BYTES = new ByteMessages();

  /** A call that its client has not ended. */
  record Open(StreamObserver<byte[]> requests, CompletableFuture<Status> end) {
    void cancel() {
      requests.onError(Status.CANCELLED.asException());
    }
  }

  static RawPut to(TestServer server, String method) {
    return new RawPut(
        NettyChannelBuilder.forAddress("127.0.0.1", server.endpoint().port())
            .usePlaintext()
            .build(),
        method);
  }

  static FlightData.Builder command(Message command) {
    return FlightData.newBuilder()
        .setFlightDescriptor(
            FlightDescriptor.newBuilder()
                .setType(FlightDescriptor.DescriptorType.CMD)
                .setCmd(Any.pack(command).toByteString()));
  }

  static FlightData.Builder data(byte[] header, byte[] body) {
    return FlightData.newBuilder()
        .setDataHeader(ByteString.copyFrom(header))
        .setDataBody(ByteString.copyFrom(body));
  }

  /** Sends messages, ends, and gives the status that the call ends with. */
  Status send(List<byte[]> messages) throws Exception {
    Open call = open();
    messages.forEach(call.requests()::onNext);
    call.requests().onCompleted();
    return call.end().get(60, TimeUnit.SECONDS);
  }

  Open open() {
    var end = new CompletableFuture<Status>();
    var put =
        MethodDescriptor.<byte[], byte[]>newBuilder(BYTES, BYTES)
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName("arrow.flight.protocol.FlightService/" + method)
            .build();
    StreamObserver<byte[]> requests =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(put, CallOptions.DEFAULT),
            new StreamObserver<>() {
              @Override
              public void onNext(byte[] message) {}

              @Override
              public void onError(Throwable t) {
                end.complete(((StatusRuntimeException) t).getStatus());
              }

              @Override
              public void onCompleted() {
                end.complete(Status.OK);
              }
            });
    return new Open(requests, end);
  }

  @Override
  public void close() throws InterruptedException {
    channel.shutdownNow().awaitTermination(20, TimeUnit.SECONDS);
  }
}
