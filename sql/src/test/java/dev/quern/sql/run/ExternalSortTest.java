package dev.quern.sql.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.sql.run.ExternalSort.Entry;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.calcite.avatica.util.ByteString;
import org.apache.calcite.linq4j.Enumerator;
import org.apache.calcite.linq4j.Linq4j;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows that leave memory and come back: sorted, shared, of every type. */
final class ExternalSortTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 400, 5_000, 1 << 20})
  void rowsComeInOrderWhateverFitsIntoMemory(long memory) {
    var random = new Random(memory);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      entries.add(new Entry("k" + random.nextInt(20), i, new Object[] {i, "row " + i}));
    }
    try (var sort = new ExternalSort(memory)) {
      entries.forEach(sort::add);
      sort.sort();
      assertEquals(memory >= 1 << 20, sort.files() == 0, sort.files() + " files");
      entries.sort(Comparator.comparing(Entry::key).thenComparingLong(Entry::number));
      for (Entry expected : entries) {
        Entry entry = sort.next();
        assertEquals(expected.key(), entry.key());
        assertEquals(expected.number(), entry.number());
        assertArrayEquals(expected.row(), entry.row());
      }
      assertNull(sort.next());
    }
  }

  @Test
  void everyTypeOfValueComesBack() {
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put("a", 1);
    map.put("b", null);
    Object[] row = {
      null,
      "text \ud83d\ude00",
      1,
      2L,
      3.5,
      4.5f,
      (short) 5,
      (byte) 6,
      true,
      false,
      new BigDecimal("-12.3400"),
      new ByteString(new byte[] {1, 2}),
      List.of(1, "x"),
      new Object[] {"s", null},
      map
    };
    try (var file = new RowFile()) {
      file.write(row);
      file.write(new Object[0]);
      file.end();
      for (int time = 0; time < 2; time++) {
        try (RowFile.Reader rows = file.read()) {
          assertTrue(Arrays.deepEquals(row, rows.next()));
          assertEquals(0, rows.next().length);
          assertNull(rows.next());
        }
      }
    }
  }

  @Test
  void aValueOfAnotherTypeIsNamed() {
    try (var file = new RowFile()) {
      var e =
          assertThrows(
              IllegalArgumentException.class, () -> file.write(new Object[] {new Object()}));
      assertTrue(e.getMessage().contains("java.lang.Object"), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1000, 1 << 20})
  void readersOfSharedRowsSeeAllWhoeverIsAhead(long memory) {
    int[] pulled = {0};
    var source =
        Linq4j.asEnumerable(java.util.stream.IntStream.range(0, 100).boxed().toList())
            .select(i -> {
              pulled[0]++;
              return new Object[] {i};
            });
    try (var shared = new SharedRows(source, memory);
        Enumerator<Object[]> first = shared.enumerator();
        Enumerator<Object[]> second = shared.enumerator()) {
      for (int i = 0; i < 60; i++) {
        assertTrue(first.moveNext());
        assertEquals(i, first.current()[0]);
      }
      assertEquals(60, pulled[0]);
      for (int i = 0; i < 100; i++) {
        assertTrue(second.moveNext(), "row " + i);
        assertEquals(i, second.current()[0]);
      }
      assertEquals(false, second.moveNext());
      for (int i = 60; i < 100; i++) {
        assertTrue(first.moveNext(), "row " + i);
        assertEquals(i, first.current()[0]);
      }
      assertEquals(false, first.moveNext());
      assertEquals(100, pulled[0]);
    }
  }
}
