package dev.quern.connectors;

import dev.quern.executor.table.ColumnStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.parquet.column.statistics.BinaryStatistics;
import org.apache.parquet.column.statistics.BooleanStatistics;
import org.apache.parquet.column.statistics.DoubleStatistics;
import org.apache.parquet.column.statistics.FloatStatistics;
import org.apache.parquet.column.statistics.IntStatistics;
import org.apache.parquet.column.statistics.LongStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.Type.Repetition;

/**
 * Bounds of a column in a row group, as Long, Double, Boolean or String.
 *
 * @param range smallest and largest value; absent where unknown, not comparable, or all NULL. Texts
 *     may be shortened bounds.
 * @param nulls number of NULLs, if known
 */
record ParquetStatistics(Optional<Range> range, OptionalLong nulls, long rows) {
  /** Both ends inclusive. */
  record Range(Object minimum, Object maximum) {}

  static Optional<ColumnStatistics> of(ParquetMetadata footer, String column) {
    List<ColumnStatistics> parts = new ArrayList<>();
    for (BlockMetaData block : footer.getBlocks()) {
      Optional<ColumnChunkMetaData> chunk = chunk(block, column);
      if (chunk.isEmpty()) {
        return Optional.empty();
      }
      if (block.getRowCount() > 0) {
        parts.add(of(chunk.get(), block.getRowCount()).seam(chunk.get()));
      }
    }
    return parts.isEmpty() ? Optional.empty() : Optional.of(StatisticsUnion.of(parts));
  }

  /** The chunk of a column that is not nested. */
  static Optional<ColumnChunkMetaData> chunk(BlockMetaData block, String column) {
    return block.getColumns().stream()
        .filter(c -> c.getPath().size() == 1 && c.getPath().toArray()[0].equals(column))
        .filter(c -> !c.getPrimitiveType().isRepetition(Repetition.REPEATED))
        .findFirst();
  }

  static ParquetStatistics of(ColumnChunkMetaData chunk, long rows) {
    Statistics<?> stored = chunk.getStatistics();
    if (stored == null) {
      return new ParquetStatistics(Optional.empty(), OptionalLong.empty(), rows);
    }
    OptionalLong nulls =
        stored.isNumNullsSet() ? OptionalLong.of(stored.getNumNulls()) : OptionalLong.empty();
    return new ParquetStatistics(
        stored.hasNonNullValue() ? range(stored) : Optional.empty(), nulls, rows);
  }

  private static Optional<Range> range(Statistics<?> stored) {
    ArrowType type = ParquetTypes.arrowType(stored.type());
    boolean unsigned =
        stored.type().getLogicalTypeAnnotation() instanceof IntLogicalTypeAnnotation integer
            && !integer.isSigned();
    boolean comparable = type instanceof ArrowType.Int || type instanceof ArrowType.Date;
    return switch (stored) {
      case IntStatistics ints when comparable ->
          unsigned
              ? Optional.of(
                  new Range(
                      Integer.toUnsignedLong(ints.getMin()), Integer.toUnsignedLong(ints.getMax())))
              : Optional.of(new Range((long) ints.getMin(), (long) ints.getMax()));
      case LongStatistics longs when comparable ->
          Optional.of(new Range(longs.getMin(), longs.getMax()));
      case FloatStatistics floats -> doubles(floats.getMin(), floats.getMax());
      case DoubleStatistics doubles -> doubles(doubles.getMin(), doubles.getMax());
      case BooleanStatistics bools -> Optional.of(new Range(bools.getMin(), bools.getMax()));
      case BinaryStatistics binary when type instanceof ArrowType.Utf8 -> texts(binary);
      default -> Optional.empty();
    };
  }

  /** A bound that is NaN says nothing of the other values. */
  private static Optional<Range> doubles(double minimum, double maximum) {
    return Double.isNaN(minimum) || Double.isNaN(maximum)
        ? Optional.empty()
        : Optional.of(new Range(minimum, maximum));
  }

  /** A bound cut inside a character is no text, and one that is no text cannot be compared. */
  private static Optional<Range> texts(BinaryStatistics stored) {
    byte[] minimum = stored.genericGetMin().getBytes();
    byte[] maximum = stored.genericGetMax().getBytes();
    boolean valid =
        Utf8.firstInvalid(minimum, 0, minimum.length) < 0
            && Utf8.firstInvalid(maximum, 0, maximum.length) < 0;
    return valid
        ? Optional.of(
            new Range(
                stored.genericGetMin().toStringUsingUTF8(),
                stored.genericGetMax().toStringUsingUTF8()))
        : Optional.empty();
  }

  /** Texts are left out: writers may store shortened bounds, which are no values of the column. */
  private ColumnStatistics seam(ColumnChunkMetaData chunk) {
    Optional<Range> values = range.filter(r -> !(r.minimum() instanceof String));
    return new ColumnStatistics(
        values.map(Range::minimum),
        values.map(Range::maximum),
        nulls,
        OptionalLong.empty(),
        OptionalLong.of(chunk.getTotalUncompressedSize() / Math.max(1, chunk.getValueCount())));
  }
}
