package dev.quern.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quern.executor.table.BatchReader;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files written by pyarrow give the rows that pyarrow reads from them. */
class PyarrowFilesTest extends AllocatorTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "integers",
        "scalars",
        "times",
        "int96",
        "decimals_fixed",
        "decimals_integer",
        "nested",
        "nested_small_pages",
        "nested_v2",
        "nested_two_level",
        "codec_none",
        "codec_snappy",
        "codec_gzip",
        "codec_zstd",
        "codec_lz4",
        "encoding_plain",
        "encoding_delta",
        "encoding_delta_length",
        "no_statistics",
        "zero_rows",
        "zero_groups",
        "checksums",
        "pruning"
      })
  void parquetGivesPyarrowsRows(String name) throws IOException {
    assertRows(name, "parquet");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "arrow_integers",
        "arrow_nested",
        "arrow_zero_rows",
        "arrow_zstd",
        "arrow_lz4",
        "arrow_odd"
      })
  void arrowFileGivesPyarrowsRows(String name) throws IOException {
    assertRows(name, "arrow");
  }

  @Test
  void arrowStreamGivesPyarrowsRows() throws IOException {
    try (FileTable table = TableFiles.open(path("arrow_stream", "arrow"), allocator)) {
      assertEquals(expected("arrow_stream"), Rows.of(table, allocator));
    }
  }

  @ParameterizedTest(name = "{0} in batches of {1}")
  @CsvSource({"nested, 1", "nested, 5", "nested_small_pages, 3", "codec_zstd, 7", "codec_zstd, 64"})
  void batchSizeDoesNotChangeRows(String name, int batchRows) throws IOException {
    try (FileTable table =
        TableFiles.open(path(name, "parquet"), new ReadOptions(batchRows), allocator)) {
      assertEquals(expected(name), Rows.of(table, allocator));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "lists", "struct", "map", "structs", "deep"})
  void oneNestedColumnAloneGivesItsValues(String column) throws IOException {
    try (FileTable table = TableFiles.open(path("nested", "parquet"), allocator);
        BatchReader reader = table.scan(List.of(column), List.of(), allocator)) {
      List<Object> values = Rows.of(reader).stream().map(row -> row.get(column)).toList();
      assertEquals(expected("nested").stream().map(row -> row.get(column)).toList(), values);
    }
  }

  private void assertRows(String name, String extension) throws IOException {
    List<Map<String, Object>> expected = expected(name);
    try (FileTable table = TableFiles.open(path(name, extension), allocator)) {
      assertEquals(expected, Rows.of(table, allocator));
      assertEquals(expected.size(), table.rowCount().orElseThrow());
      if (!expected.isEmpty()) {
        assertEquals(
            List.copyOf(expected.getFirst().keySet()),
            table.schema().getFields().stream().map(Field::getName).toList());
      }
    }
  }

  private static List<Map<String, Object>> expected(String name) throws IOException {
    return Rows.expected(Resources.file("pyarrow/" + name + ".jsonl"));
  }

  private static String path(String name, String extension) {
    return Resources.file("pyarrow/" + name + "." + extension).toString();
  }
}
