package dev.quern.server.flight;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.io.InputStream;

/**
 * Stands between gRPC and Flight's service. Flight (19.0.0) decodes puts from lengths that the
 * client claims, forgets the memory taken so far when that fails, and waits for ever for what a
 * failed message would have brought; so it gets none on which decoding can fail.
 */
final class MessageGuard {
  private static final MethodDescriptor.Marshaller<InputStream> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(InputStream message) {
          return message;
        }

        @Override
        public InputStream parse(InputStream message) {
          return message;
        }
      };

  private MessageGuard() {}

  static ServerServiceDefinition around(ServerServiceDefinition service) {
    var guarded = ServerServiceDefinition.builder(service.getServiceDescriptor().getName());
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      guarded.addMethod(around(method));
    }
    return guarded.build();
  }

  private static <Q, R> ServerMethodDefinition<InputStream, R> around(
      ServerMethodDefinition<Q, R> method) {
    MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor();
    return ServerMethodDefinition.create(
        descriptor.toBuilder(BYTES, descriptor.getResponseMarshaller()).build(),
        (call, headers) ->
            listener(new GuardedCall<>(call, descriptor), headers, method.getServerCallHandler()));
  }

  private static <Q, R> ServerCall.Listener<InputStream> listener(
      GuardedCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> handler) {
    return switch (String.valueOf(call.getMethodDescriptor().getBareMethodName())) {
      case "DoExchange" -> {
        call.close(
            Status.UNIMPLEMENTED.withDescription("Flight SQL has no exchange: use DoGet or DoPut"),
            new Metadata());
        yield new ServerCall.Listener<>() {};
      }
      case "DoPut" ->
          GuardedListener.waiting(
              call, new PutCheck()::parts, () -> handler.startCall(call, headers));
      default -> GuardedListener.of(call, () -> handler.startCall(call, headers));
    };
  }
}
