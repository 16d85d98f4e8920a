package dev.quern.server.flight;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.impl.Flight.FlightData;
import org.apache.arrow.flight.impl.Flight.FlightDescriptor;

/**
 * The messages of one put: a command first, then perhaps a schema, then batches of its rows. Each
 * is written anew, with only what Flight reads of its kind: what it ignores it would not free.
 */
final class PutCheck {
  static final String NO_COMMAND = "the first message of a put must name a command";

  /** Of a schema, or of the layout of a batch; the rows do not count. Bytes. */
  private static final int LONGEST_HEADER = 256 << 10;

  private boolean begun;
  private boolean hasSchema;

  /**
   * Gives the message in parts that Flight decodes without fail.
   *
   * @throws FlightRuntimeException with what is wrong
   * @throws IOException where it is no message
   */
  List<InputStream> parts(InputStream message) throws IOException {
    // Of a stream without a known length: it has been bounded when it was received.
    FlightData data = FlightData.parseFrom(CodedInputStream.newInstance(message.readAllBytes()));
    List<InputStream> parts = new ArrayList<>();
    if (!begun) {
      // By itself: Flight would not see it if the rest failed, and wait for it.
      parts.add(stream(FlightData.newBuilder().setFlightDescriptor(command(data))));
      begun = true;
    }
    ByteString header = data.getDataHeader();
    if (!header.isEmpty()) {
      var rest = FlightData.newBuilder().setDataHeader(header);
      if (isBatch(header, data.getDataBody().size())) {
        rest.setDataBody(data.getDataBody());
      }
      parts.add(stream(rest));
    }
    return parts;
  }

  private static InputStream stream(FlightData.Builder data) {
    return data.build().toByteString().newInput();
  }

  private static FlightDescriptor command(FlightData data) {
    if (!data.hasFlightDescriptor()) {
      throw refused(NO_COMMAND);
    }
    FlightDescriptor descriptor = data.getFlightDescriptor();
    if (descriptor.getType() != FlightDescriptor.DescriptorType.CMD) {
      throw refused("a Flight SQL command is wanted, not a path");
    }
    return descriptor;
  }

  private boolean isBatch(ByteString header, int body) throws IOException {
    if (header.size() > LONGEST_HEADER) {
      throw refused(
          "a header of "
              + header.size()
              + " bytes was sent; the most is "
              + LONGEST_HEADER
              + ": bind fewer parameters at a time");
    }
    Message message = Message.getRootAsMessage(header.asReadOnlyByteBuffer());
    return switch (message.headerType()) {
      case MessageHeader.Schema -> {
        if (hasSchema) {
          throw refused("a second schema was sent; a put has one");
        }
        PutLayout.checkSchema(message);
        hasSchema = true;
        yield false;
      }
      case MessageHeader.RecordBatch -> {
        if (!hasSchema) {
          throw refused("a batch was sent before its schema");
        }
        PutLayout.checkBatch(message, body);
        yield true;
      }
      case MessageHeader.DictionaryBatch ->
          throw refused("a dictionary was sent: send parameters as plain values");
      default ->
          throw refused(
              "a message of kind "
                  + message.headerType()
                  + " was sent; only schemas and batches"
                  + " can be put");
    };
  }

  static FlightRuntimeException refused(String sentence) {
    return FlightErrors.exception(CallStatus.INVALID_ARGUMENT, sentence);
  }
}
