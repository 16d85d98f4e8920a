package dev.quern.connectors;

import dev.quern.executor.table.BatchSink;
import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** Writes a table under a hidden name and moves it to its own when it is whole. */
final class FileSink implements BatchSink {
  private final String name;
  private final Schema schema;
  private final SinkTarget target;
  private final OutputStream out;
  private final Encoder encoder;
  private State state = State.OPEN;

  private enum State {
    OPEN,
    COMMITTED,
    FAILED,
    CLOSED
  }

  /** Makes the encoder of a stream. */
  interface EncoderMaker {
    Encoder over(OutputStream out) throws IOException;
  }

  FileSink(String name, Schema schema, SinkTarget target, Storage storage, EncoderMaker encoders) {
    this.name = name;
    this.schema = schema;
    this.target = target;
    OutputStream opened = null;
    try {
      target.prepare();
      opened = storage.create(target.pending());
      this.out = opened;
      this.encoder = encoders.over(out);
    } catch (IOException | TableException e) {
      abandon(opened, e);
      throw e instanceof TableException known ? known : failed((IOException) e);
    }
  }

  @Override
  public void write(VectorSchemaRoot batch) {
    require();
    if (!WideningCursor.sameTypes(batch.getSchema().getFields(), schema.getFields())) {
      throw new TableException(
          name + ": a batch of columns " + batch.getSchema() + " where " + schema + " is written");
    }
    attempt(() -> encoder.write(batch));
  }

  @Override
  public void commit() {
    require();
    attempt(() -> {
      encoder.finish();
      out.close();
      Storage.force(target.pending());
      target.publish();
    });
    state = State.COMMITTED;
    encoder.close();
  }

  private void require() {
    if (state != State.OPEN) {
      throw new IllegalStateException(
          name + " is " + state.name().toLowerCase(Locale.ROOT) + " and takes no more rows");
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  /** A failed step leaves nothing behind, and the sink unusable. */
  private void attempt(Step step) {
    try {
      step.run();
    } catch (IOException e) {
      fail(e);
      throw failed(e);
    } catch (BadValueException e) {
      fail(e);
      throw new TableException("cannot write " + name + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      fail(e);
      throw e;
    }
  }

  private void fail(Exception cause) {
    state = State.FAILED;
    encoder.close();
    abandon(out, cause);
  }

  /** Frees and removes; what goes wrong meanwhile is kept beside the first cause. */
  private void abandon(OutputStream opened, Exception cause) {
    try {
      if (opened != null) {
        opened.close();
      }
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    try {
      target.discard();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private TableException failed(IOException cause) {
    // The libraries wrap what the stream said.
    Throwable root = cause;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String reason = FileErrors.reason(root);
    boolean full = reason.contains("No space left") || reason.contains("quota exceeded");
    return new TableException(
        (full
                ? "the disk of " + target.pending().getParent() + " is full (" + reason + ")"
                : "writing failed: " + reason)
            + "; nothing was left under "
            + name
            + (full ? "; free some space and run the statement again" : ""),
        cause);
  }

  @Override
  public void close() {
    if (state != State.OPEN) {
      return;
    }
    state = State.CLOSED;
    encoder.close();
    TableException cause = new TableException(name + ": the unfinished output was not removed");
    abandon(out, cause);
    if (cause.getSuppressed().length > 0) {
      throw cause;
    }
  }
}
