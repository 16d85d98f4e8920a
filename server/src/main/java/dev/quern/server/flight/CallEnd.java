package dev.quern.server.flight;

import dev.quern.sql.run.QueryControl;
import io.grpc.Context;
import java.util.concurrent.Executor;

/** Cancels a run when the client gives up its call, until closed. */
final class CallEnd implements AutoCloseable {
  private final Context context;
  private final Context.CancellationListener listener;

  private CallEnd(Context context, Context.CancellationListener listener) {
    this.context = context;
    this.listener = listener;
  }

  /** Watches the call whose thread this is. */
  static CallEnd cancels(QueryControl control, Executor workers) {
    var end = new CallEnd(Context.current(), ended -> control.cancel());
    end.context.addListener(end.listener, workers);
    return end;
  }

  @Override
  public void close() {
    context.removeListener(listener);
  }
}
