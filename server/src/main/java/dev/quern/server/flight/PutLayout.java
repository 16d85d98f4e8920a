package dev.quern.server.flight;

import java.io.IOException;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.ReferenceManager;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.MetadataVersion;
import org.apache.arrow.vector.validate.MetadataV4UnionChecker;

/**
 * Schemas and layouts of batches as a client sends them, before Arrow believes them. Whatever is
 * thrown here says that they are malformed.
 */
final class PutLayout {
  private static final int MOST_FIELDS = 2048;
  private static final int DEEPEST = 32;

  /** Values that take no bit of the body, as those of a column that is all null. */
  private static final int MOST_WITHOUT_BYTES = 100_000;

  private PutLayout() {}

  static void checkSchema(Message message) throws IOException {
    Schema schema = (Schema) message.header(new Schema());
    int fields = 0;
    for (int i = 0; i < schema.fieldsLength(); i++) {
      fields = countFields(schema.fields(i), fields, 1);
    }
    MetadataV4UnionChecker.checkRead(
        MessageSerializer.deserializeSchema(message), version(message));
  }

  /** A few bytes can describe any number of fields, as fields may share their children. */
  private static int countFields(Field field, int before, int depth) {
    int count = before + 1;
    if (count > MOST_FIELDS || depth > DEEPEST) {
      throw PutCheck.refused(
          "a schema has more than " + MOST_FIELDS + " fields, or more than " + DEEPEST + " levels");
    }
    if (field.dictionary() != null) {
      throw PutCheck.refused("a field is encoded by a dictionary: send parameters as plain values");
    }
    for (int i = 0; i < field.childrenLength(); i++) {
      count = countFields(field.children(i), count, depth + 1);
    }
    return count;
  }

  private static MetadataVersion version(Message message) {
    return MetadataVersion.fromFlatbufID(message.version());
  }

  /**
   * @param body bytes that came with it
   */
  static void checkBatch(Message message, int body) throws IOException {
    version(message);
    RecordBatch batch = (RecordBatch) message.header(new RecordBatch());
    if (batch.compression() != null) {
      throw PutCheck.refused("a batch is compressed: send parameters uncompressed");
    }
    long most = 8L * body + MOST_WITHOUT_BYTES;
    within("rows", batch.length(), most);
    for (int i = 0; i < batch.nodesLength(); i++) {
      FieldNode node = batch.nodes(i);
      within("values", node.length(), most);
      within("nulls", node.nullCount(), node.length());
    }
    for (int i = 0; i < batch.buffersLength(); i++) {
      Buffer buffer = batch.buffers(i);
      within("buffer offset", buffer.offset(), body);
      within("buffer length", buffer.length(), body - buffer.offset());
    }
    for (int i = 0; i < batch.variadicBufferCountsLength(); i++) {
      within("variadic buffers", batch.variadicBufferCounts(i), batch.buffersLength());
    }
    // As Flight will do it, on memory that nobody reads.
    MessageSerializer.deserializeRecordBatch(
            batch, new ArrowBuf(ReferenceManager.NO_OP, null, body, 0))
        .close();
  }

  private static void within(String what, long value, long most) {
    if (value < 0 || value > most) {
      throw PutCheck.refused(
          "a batch is malformed: " + what + " " + value + ", expected 0 to " + most);
    }
  }
}
