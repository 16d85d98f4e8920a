package dev.quern.connectors;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.airlift.compress.MalformedInputException;
import io.airlift.compress.lz4.Lz4Decompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.xerial.snappy.Snappy;

/** Page compression without Hadoop's codec classes, which the stubs on our class path lack. */
final class ParquetCodecs implements CompressionCodecFactory {
  /** Decompresses a whole page. */
  private interface Inflate {
    byte[] apply(byte[] page, int size) throws IOException;
  }

  /** Compresses a whole page. */
  private interface Deflate {
    BytesInput apply(BytesInput page) throws IOException;
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return new PageDecompressor(
        switch (codec) {
          case UNCOMPRESSED -> (page, size) -> page;
          case SNAPPY -> (page, size) -> Snappy.uncompress(page);
          case GZIP -> (page, size) -> gunzip(page);
          case ZSTD -> ParquetCodecs::unzstd;
          case LZ4_RAW -> (page, size) -> lz4(page, 0, page.length, size);
          case LZ4 -> ParquetCodecs::lz4Framed;
          case BROTLI, LZO ->
              throw new UnsupportedOperationException(
                  codec + " compression is not supported; rewrite the file with ZSTD or SNAPPY");
        });
  }

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    return new PageCompressor(
        codec,
        switch (codec) {
          case UNCOMPRESSED -> page -> page;
          case SNAPPY -> page -> BytesInput.from(Snappy.compress(array(page)));
          case ZSTD -> page -> BytesInput.from(Zstd.compress(array(page), 3));
          case GZIP, LZ4_RAW, LZ4, BROTLI, LZO ->
              throw new UnsupportedOperationException("Quern writes ZSTD, SNAPPY or UNCOMPRESSED");
        });
  }

  @Override
  public void release() {}

  private static byte[] array(BytesInput bytes) throws IOException {
    return bytes.toInputStream().readNBytes(Math.toIntExact(bytes.size()));
  }

  private static byte[] gunzip(byte[] page) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(page))) {
      return in.readAllBytes();
    }
  }

  private static byte[] unzstd(byte[] page, int size) throws IOException {
    try {
      return Zstd.decompress(page, size);
    } catch (ZstdException e) {
      throw new IOException("damaged ZSTD page", e);
    }
  }

  private static byte[] lz4(byte[] page, int start, int length, int size) throws IOException {
    byte[] out = new byte[size];
    try {
      int written = new Lz4Decompressor().decompress(page, start, length, out, 0, size);
      if (written != size) {
        throw new IOException("LZ4 page of " + written + " bytes where " + size + " are declared");
      }
    } catch (MalformedInputException e) {
      throw new IOException("damaged LZ4 page", e);
    }
    return out;
  }

  /**
   * The deprecated LZ4 codec: Hadoop's frames of [plain size, packed size, block], big-endian; some
   * writers left the frame away.
   */
  private static byte[] lz4Framed(byte[] page, int size) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(page);
    ByteBuffer out = ByteBuffer.allocate(size);
    while (in.remaining() > 8) {
      int plain = in.getInt();
      int packed = in.getInt();
      if (plain < 0 || plain > out.remaining() || packed < 0 || packed > in.remaining()) {
        return lz4(page, 0, page.length, size);
      }
      out.put(lz4(page, in.position(), packed, plain));
      in.position(in.position() + packed);
    }
    return out.hasRemaining() ? lz4(page, 0, page.length, size) : out.array();
  }

  private record PageDecompressor(Inflate inflate) implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput bytes, int size) throws IOException {
      byte[] plain = inflate.apply(array(bytes), size);
      if (plain.length != size) {
        throw new IOException("page of " + plain.length + " bytes where " + size + " are declared");
      }
      return BytesInput.from(plain);
    }

    @Override
    public void decompress(ByteBuffer input, int packed, ByteBuffer output, int size)
        throws IOException {
      byte[] page = new byte[packed];
      input.get(page);
      output.put(inflate.apply(page, size));
    }

    @Override
    public void release() {}
  }

  private record PageCompressor(CompressionCodecName codec, Deflate deflate)
      implements BytesInputCompressor {
    @Override
    public BytesInput compress(BytesInput bytes) throws IOException {
      return deflate.apply(bytes);
    }

    @Override
    public CompressionCodecName getCodecName() {
      return codec;
    }

    @Override
    public void release() {}
  }
}
