package dev.quern.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.table.ColumnFilter;
import dev.quern.executor.table.ColumnFilter.Comparison;
import dev.quern.executor.table.ColumnStatistics;
import dev.quern.executor.table.RowId;
import dev.quern.executor.table.TableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pruning of columns and row groups, and statistics: pruning.parquet has four groups of ten. */
class ParquetScanTest extends AllocatorTest {
  private static final List<String> ALL = List.of("n", "u", "f", "s", "day", "b");

  @ParameterizedTest(name = "{0} {1} {2} reads groups {4}")
  @CsvSource({
    "n, EQUAL, 15, Long, 1",
    "n, EQUAL, 99, Long, ''",
    "n, NOT_EQUAL, 15, Long, 012",
    "n, LESS, 10, Long, 0",
    "n, LESS_OR_EQUAL, 10, Long, 01",
    "n, GREATER, 19, Long, 2",
    "n, GREATER_OR_EQUAL, 19, Long, 12",
    "n, IS_NULL, , Long, 3",
    "n, IS_NOT_NULL, , Long, 012",
    "n, GREATER, 18.5, Double, 12",
    "n, EQUAL, 15, String, 012",
    "u, GREATER, 4294967286, Long, 0",
    "u, LESS, 0, Long, ''",
    "f, LESS, 0, Double, ''",
    "f, EQUAL, 0, Double, 01",
    "f, EQUAL, -0.0, Double, 01",
    "f, GREATER, 12.5, Double, 23",
    "f, NOT_EQUAL, 7, Double, 0123",
    "f, EQUAL, NaN, Double, 0123",
    "s, EQUAL, bbb, String, 1",
    "s, LESS, b, String, 0",
    "s, GREATER_OR_EQUAL, ccc, String, 23",
    "s, LESS, \uD83C\uDFAC, String, 0123",
    "day, EQUAL, 18264, Long, 2",
    "b, EQUAL, true, Boolean, 23",
    "b, EQUAL, false, Boolean, 01"
  })
  void onlyGroupsThatMayMatchAreRead(
      String column, Comparison comparison, String value, String type, String groups) {
    Object literal =
        value == null
            ? null
            : switch (type) {
              case "Long" -> (Object) Long.valueOf(value);
              case "Double" -> Double.valueOf(value);
              case "Boolean" -> Boolean.valueOf(value);
              default -> value;
            };
    try (FileTable table = open("pruning.parquet");
        FileScan scan =
            table.scan(
                List.of("n"), List.of(new ColumnFilter(column, comparison, literal)), allocator)) {
      StringBuilder read = new StringBuilder();
      while (scan.next()) {
        read.append(scan.firstRow().rowGroup());
      }
      assertEquals(groups, read.toString());
      assertEquals(groups.length(), scan.statistics().rowGroups());
      assertEquals(4 - groups.length(), scan.statistics().skippedRowGroups());
      assertEquals(10L * groups.length(), scan.statistics().rows());
    }
  }

  @Test
  void filtersMustAllHold() {
    try (FileTable table = open("pruning.parquet");
        FileScan scan =
            table.scan(
                ALL,
                List.of(
                    new ColumnFilter("n", Comparison.GREATER, 5L),
                    new ColumnFilter("s", Comparison.LESS, "bz")),
                allocator)) {
      assertEquals(20, Rows.of(scan).size());
      assertEquals(2, scan.statistics().skippedRowGroups());
    }
  }

  @Test
  void withoutStatisticsNothingIsSkipped() {
    try (FileTable table = open("no_statistics.parquet");
        FileScan scan =
            table.scan(
                List.of("n"),
                List.of(new ColumnFilter("n", Comparison.LESS, Long.MIN_VALUE)),
                allocator)) {
      assertEquals(200, Rows.of(scan).size());
      assertEquals(Optional.empty(), table.statistics("n").orElseThrow().minimum());
    }
  }

  @Test
  void onlyWantedColumnsAreReadInTheOrderWanted() {
    try (FileTable table = open("pruning.parquet");
        FileScan scan = table.scan(List.of("s", "n"), List.of(), allocator)) {
      assertTrue(scan.next());
      assertEquals("{s=aaa, n=0}", Rows.of(scan.batch()).getFirst().toString());
      assertEquals(2, scan.statistics().columnChunks());
    }
  }

  @Test
  void noColumnsGiveRowCountsOnly() {
    try (FileTable table = open("pruning.parquet");
        FileScan scan = table.scan(List.of(), List.of(), allocator)) {
      int rows = 0;
      while (scan.next()) {
        assertEquals(0, scan.batch().getFieldVectors().size());
        rows += scan.batch().getRowCount();
      }
      assertEquals(40, rows);
      assertEquals(0, scan.statistics().columnChunks());
    }
  }

  @Test
  void rowIdsNameGroupAndRow() {
    try (FileTable table =
            TableFiles.open(
                Resources.file("pyarrow/pruning.parquet").toString(),
                new ReadOptions(6),
                allocator);
        FileScan scan = table.scan(List.of("n"), List.of(), allocator)) {
      List<RowId> ids = new ArrayList<>();
      while (scan.next()) {
        ids.add(scan.firstRow());
      }
      assertEquals(8, ids.size());
      assertEquals(
          List.of(new RowId(0, 0, 0), new RowId(0, 0, 6), new RowId(0, 1, 0)), ids.subList(0, 3));
    }
  }

  @Test
  void scansAreIndependentAndRepeatable() {
    try (FileTable table = open("pruning.parquet");
        FileScan one = table.scan(List.of("n"), List.of(), allocator);
        FileScan two = table.scan(List.of("s"), List.of(), allocator)) {
      assertTrue(one.next());
      assertTrue(two.next());
      assertEquals(Rows.of(table, allocator), Rows.of(table, allocator));
      assertEquals(30, Rows.of(one).size());
      assertEquals(30, Rows.of(two).size());
    }
  }

  @Test
  void footerGivesStatistics() {
    try (FileTable table = open("pruning.parquet")) {
      ColumnStatistics u = table.statistics("u").orElseThrow();
      assertEquals(Optional.of(4294967256L), u.minimum());
      assertEquals(Optional.of(4294967295L), u.maximum());
      assertEquals(OptionalLong.of(10), table.statistics("n").orElseThrow().nulls());
      assertEquals(Optional.of(true), table.statistics("b").orElseThrow().maximum());
      assertTrue(table.statistics("s").orElseThrow().minimum().isEmpty());
      assertTrue(table.statistics("s").orElseThrow().averageBytes().isPresent());
    }
    try (FileTable table = open("nested.parquet")) {
      assertFalse(table.statistics("list").isPresent());
    }
  }

  @Test
  void unknownColumnGetsTheNearestName() {
    try (FileTable table =
        TableFiles.open(Resources.file("movies.parquet").toString(), allocator)) {
      TableException e =
          assertThrows(
              TableException.class,
              () -> table.scan(List.of("directer"), List.of(), allocator).close());
      assertTrue(e.getMessage().contains("did you mean \"director\"?"), e.getMessage());
    }
  }

  private FileTable open(String name) {
    return TableFiles.open(Resources.file("pyarrow/" + name).toString(), allocator);
  }
}
