package dev.quern.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** CSV and JSON Lines: types, NULLs, quoting, and what is refused. */
class TextFilesTest extends AllocatorTest {
  private static final String BIGINT = "Int(64, true)";
  private static final String DOUBLE = "FloatingPoint(DOUBLE)";

  @TempDir Path folder;

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = ';',
      value = {
        "1|-9223372036854775808|0; Int(64, true)",
        "1|9223372036854775808; Utf8",
        "007|1; Utf8",
        "1|2.5|-1e3|NaN|-Infinity; FloatingPoint(DOUBLE)",
        "1e999; Utf8",
        ".; Utf8",
        "e5; Utf8",
        "true|FALSE; Bool",
        "true|1; Utf8",
        "2024-02-29; Date(DAY)",
        "2023-02-29; Utf8",
        "2024-02-29 10:20|2024-02-29T10:20:30.123456; Timestamp(MICROSECOND, null)",
        "2024-02-29 25:20; Utf8",
        "2024-02-29|2024-02-29 10:20; Utf8",
        "\"\"|1; Utf8"
      })
  void csvTypeHoldsEveryValue(String values, String type) throws IOException {
    Path file = write("t.csv", "other,c\n" + "x," + values.replace("|", "\nx,") + "\n");
    try (FileTable table = TableFiles.open(file.toString(), allocator)) {
      assertEquals(type, table.schema().findField("c").getType().toString());
      assertEquals(values.split("\\|").length, Rows.of(table, allocator).size());
    }
  }

  @Test
  void csvTypeIsThatOfTheWholeFile() throws IOException {
    String text = "n\n" + "1\n".repeat(20_000) + "no number\n";
    try (FileTable table = TableFiles.open(write("t.csv", text).toString(), allocator)) {
      assertEquals("Utf8", table.schema().findField("n").getType().toString());
      assertEquals(20_001, table.rowCount().orElseThrow());
      assertEquals("no number", Rows.of(table, allocator).getLast().get("n"));
    }
  }

  @Test
  void csvNullsQuotesAndLineEnds() throws IOException {
    String text = "\uFEFFa,,\"b\"\"q\"\r\n,\"\",\"x,\"\"y\"\"\r\nz\"\r\n\r\n1,ż 🎬,\n2,t,last";
    try (FileTable table = TableFiles.open(write("t.csv", text).toString(), allocator)) {
      List<Map<String, Object>> rows = Rows.of(table, allocator);
      assertEquals(List.of("a", "column_2", "b\"q"), List.copyOf(rows.getFirst().keySet()));
      assertEquals("[null, , x,\"y\"\r\nz]", rows.get(0).values().toString());
      assertEquals("[1, ż 🎬, null]", rows.get(1).values().toString());
      assertEquals("[2, t, last]", rows.get(2).values().toString());
      assertEquals(3, rows.size());
    }
  }

  @Test
  void csvWithOneColumnKeepsNullRows() throws IOException {
    try (FileTable table = TableFiles.open(write("t.csv", "a\n1\n\n3\n").toString(), allocator)) {
      assertEquals("[{a=1}, {a=null}, {a=3}]", Rows.of(table, allocator).toString());
    }
  }

  @Test
  void tabsAndGzip() throws IOException {
    Path file = folder.resolve("t.tsv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("a\tb\n1\tx,y\n".getBytes(StandardCharsets.UTF_8));
    }
    try (FileTable table = TableFiles.open(file.toString(), allocator)) {
      assertEquals("[{a=1, b=x,y}]", Rows.of(table, allocator).toString());
    }
  }

  @Test
  void jsonTypesGrowOverRows() throws IOException {
    String text =
        """
        {"i": 1, "d": 1, "s": {"x": 1}, "l": [1, null], "m": 1, "e": {}, "big": 12345678901234567890}
        {"i": null, "d": 2.5, "s": {"y": ["a"]}, "l": [], "m": "two", "e": null, "late": true}

        {"s": null, "l": null, "m": [1.10, {"k": "v"}], "big": 1}
        """;
    Path file = write("t.jsonl", "\uFEFF" + text);
    try (FileTable table = TableFiles.open(file.toString(), new ReadOptions(2), allocator)) {
      assertEquals(
          List.of(BIGINT, DOUBLE, "Struct", "List", "Utf8", "Utf8", "Utf8", "Bool"),
          table.schema().getFields().stream().map(Field::getType).map(Object::toString).toList());
      List<Map<String, Object>> rows = Rows.of(table, allocator);
      assertEquals(
          "{i=1, d=1.0, s={x=1, y=null}, l=[1, null], m=1, e={}, big=12345678901234567890,"
              + " late=null}",
          rows.get(0).toString());
      assertEquals(
          "{i=null, d=2.5, s={x=null, y=[a]}, l=[], m=two, e=null, big=null, late=true}",
          rows.get(1).toString());
      assertEquals(
          "{i=null, d=null, s=null, l=null, m=[1.10,{\"k\":\"v\"}], e=null, big=1, late=null}",
          rows.get(2).toString());
    }
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = ';',
      value = {
        "t.csv; a,b|1,2|3; line 3: 1 fields where the header has 2",
        "t.csv; a,b|1,2,3; line 2: 3 fields where the header has 2",
        "t.csv; a,a|1,2; column \"a\" is named twice",
        "t.csv; a|\"open|2; quote",
        "t.csv; a|\"x\"y; quote",
        "t.jsonl; {\"a\": 1}|{\"a\": ; line 2",
        "t.jsonl; {\"a\": 1}|[1]; line 2: a JSON array where an object is needed",
        "t.jsonl; {\"a\": 1} {\"a\": 2}; line 1",
        "t.jsonl; {\"a\": 1, \"a\": 2}; line 1",
        "t.jsonl; {}; no columns"
      })
  void brokenTextNamesItsLine(String name, String text, String message) throws IOException {
    Path file = write(name, text.replace('|', '\n'));
    assertRefused(file, message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"t.csv", "t.jsonl"})
  void emptyFileIsRefused(String name) throws IOException {
    assertRefused(write(name, ""), name.endsWith("csv") ? "has no header" : "no columns");
  }

  @Test
  void bytesThatAreNotUtf8AreNamed() throws IOException {
    Path csv = folder.resolve("t.csv");
    Files.write(csv, "a\nfine\nna\u00efve\n".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(csv, "line 3: text that is not UTF-8 (byte 0xEF at offset 9 of the file)");
    Path json = folder.resolve("t.jsonl");
    Files.write(json, "{\"a\":1}\n{\"a\":\"\u00ef\"}".getBytes(StandardCharsets.ISO_8859_1));
    assertRefused(json, "line 2: text that is not UTF-8 (byte 0xEF at offset 14 of the file)");
    Path cut = folder.resolve("u.csv");
    Files.write(cut, new byte[] {'a', '\n', 'x', (byte) 0xc5});
    assertRefused(cut, "line 2: text that is not UTF-8 (byte 0xC5 at offset 3 of the file)");
  }

  private void assertRefused(Path file, String message) {
    TableException e =
        assertThrows(
            TableException.class, () -> TableFiles.open(file.toString(), allocator).close());
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }
}
