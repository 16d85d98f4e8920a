package dev.quern.executor.model.packed;

import dev.quern.executor.device.HostMatrix;
import dev.quern.executor.device.StridedMatrix;
import dev.quern.executor.device.cpu.PanelPacker;
import dev.quern.executor.model.Checkpoint;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;

/** Writes {@link PackedFile}s: the tensors one after another, then what stands before them. */
final class WeightsOutput {
  private final FileChannel channel;
  private final byte[] header;
  private final MessageDigest digest = PackedFile.sha256();

  private WeightsOutput(FileChannel channel, byte[] header) {
    this.channel = channel;
    this.header = header;
    digest.update(header);
  }

  static void write(FileChannel channel, PackedHeader header, Checkpoint checkpoint)
      throws IOException {
    var output = new WeightsOutput(channel, header.json());
    long start = PackedFile.dataStart(output.header.length);
    try (var packer = new PanelPacker()) {
      for (PackedTensor tensor : header.tensors()) {
        channel.position(start + tensor.offset());
        HostMatrix matrix = checkpoint.tensor(tensor.name());
        if (tensor.isVector()) {
          output.append(vector(matrix, tensor));
        } else {
          packer.pack(matrix, output::append);
        }
      }
    }
    // Last: a file that is not whole has no magic.
    channel.position(0);
    output.toChannel(ByteBuffer.wrap(PackedFile.prefix(output.header, output.digest.digest())));
    channel.force(true);
  }

  private void append(MemorySegment bytes) throws IOException {
    digest.update(bytes.asByteBuffer());
    toChannel(bytes.asByteBuffer());
  }

  private void toChannel(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static MemorySegment vector(HostMatrix matrix, PackedTensor tensor) {
    if (!(matrix instanceof StridedMatrix strided)) {
      throw new IllegalArgumentException(tensor.name() + ": a vector without strides");
    }
    int bytes = strided.type().bytes();
    MemorySegment row = MemorySegment.ofArray(new byte[Math.toIntExact(tensor.bytes())]);
    for (int c = 0; c < strided.columns(); c++) {
      long from = strided.offset() + c * strided.columnStride();
      MemorySegment.copy(strided.data(), from * bytes, row, (long) c * bytes, bytes);
    }
    return row;
  }
}
