package dev.quern.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.table.BatchReader;
import dev.quern.executor.table.BatchSink;
import dev.quern.executor.table.TableException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written is read back, and nothing else ever has the final name. */
class SinkTest extends AllocatorTest {
  @TempDir Path folder;

  @ParameterizedTest(name = "{0} as {1} {2}")
  @CsvSource({
    "integers, parquet, ZSTD",
    "scalars, parquet, ZSTD",
    "times, parquet, NONE",
    "decimals_fixed, parquet, SNAPPY",
    "nested, parquet, ZSTD",
    "nested, parquet, SNAPPY",
    "zero_rows, parquet, ZSTD",
    "codec_none, parquet, NONE",
    "integers, arrow, NONE",
    "scalars, arrow, NONE",
    "times, arrow, NONE",
    "decimals_fixed, arrow, NONE",
    "nested, arrow, NONE",
    "zero_rows, arrow, NONE"
  })
  void whatIsWrittenIsReadBack(String name, String extension, Compression compression)
      throws IOException {
    Path target = folder.resolve("out." + extension);
    WriteOptions options = new WriteOptions(WriteMode.CREATE, TableFormat.PARQUET, compression);
    copy(pyarrow(name), target.toString(), options, 5);
    try (FileTable written = TableFiles.open(target.toString(), allocator);
        FileTable source = TableFiles.open(pyarrow(name), allocator)) {
      assertEquals(
          Rows.expected(Resources.file("pyarrow/" + name + ".jsonl")), Rows.of(written, allocator));
      assertEquals(
          source.schema().getFields().stream().map(Field::getType).toList(),
          written.schema().getFields().stream().map(Field::getType).toList());
    }
    assertEquals(List.of("out." + extension), names());
  }

  @Test
  void moviesSurviveParquetWithStatistics() throws IOException {
    String movies = Resources.file("movies.parquet").toString();
    copy(movies, folder.resolve("m.parquet").toString(), WriteOptions.DEFAULT, 4096);
    try (FileTable a = TableFiles.open(movies, allocator);
        FileTable b = TableFiles.open(folder.resolve("m.parquet").toString(), allocator)) {
      assertEquals(Rows.of(a, allocator), Rows.of(b, allocator));
      for (Field field : a.schema().getFields()) {
        assertEquals(
            a.statistics(field.getName()).orElseThrow().nulls(),
            b.statistics(field.getName()).orElseThrow().nulls(),
            field.getName());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x.parquet", "x.arrow", "out/"})
  void nothingHasTheFinalNameBeforeCommitNorAfterClose(String name) throws IOException {
    Path target = folder.resolve(name);
    try (FileTable table = TableFiles.open(pyarrow("nested"), allocator);
        BatchReader reader = scan(table)) {
      BatchSink sink = TableFiles.create(folder + "/" + name, table.schema(), allocator);
      while (reader.next()) {
        sink.write(reader.batch());
        assertFalse(Files.exists(target));
        assertTrue(names().stream().allMatch(n -> n.startsWith(".")), names().toString());
      }
      sink.close();
      assertEquals(List.of(), names());
    }
  }

  @Test
  void folderGetsAPartThatIsReadAsATable() throws IOException {
    copy(pyarrow("nested"), folder + "/out/", WriteOptions.DEFAULT, 100);
    assertEquals(List.of("out"), names());
    assertTrue(Files.exists(folder.resolve("out/part-00000.parquet")));
    WriteOptions append = WriteOptions.DEFAULT.withMode(WriteMode.APPEND);
    copy(pyarrow("nested"), folder + "/out/", append, 100);
    copy(pyarrow("nested"), folder + "/out", append, 100);
    try (FileTable table = TableFiles.open(folder + "/out", allocator)) {
      assertEquals(36, table.rowCount().orElseThrow());
      assertEquals(3, table.files().size());
      List<Map<String, Object>> once = Rows.expected(Resources.file("pyarrow/nested.jsonl"));
      List<Map<String, Object>> thrice = new ArrayList<>(once);
      thrice.addAll(once);
      thrice.addAll(once);
      assertEquals(thrice, Rows.of(table, allocator));
    }
    copy(
        pyarrow("integers"),
        folder + "/out",
        WriteOptions.DEFAULT.withMode(WriteMode.REPLACE),
        100);
    try (FileTable table = TableFiles.open(folder + "/out", allocator)) {
      assertEquals(3, table.rowCount().orElseThrow());
    }
    assertEquals(List.of("out"), names());
  }

  @Test
  void replaceKeepsTheOldFileUntilCommit() throws IOException {
    Path target = folder.resolve("x.parquet");
    copy(pyarrow("nested"), target.toString(), WriteOptions.DEFAULT, 100);
    WriteOptions replace = WriteOptions.DEFAULT.withMode(WriteMode.REPLACE);
    try (FileTable table = TableFiles.open(pyarrow("integers"), allocator);
        BatchSink sink = TableFiles.create(target.toString(), table.schema(), replace, allocator);
        BatchReader reader = scan(table)) {
      assertTrue(reader.next());
      sink.write(reader.batch());
      try (FileTable old = TableFiles.open(target.toString(), allocator)) {
        assertEquals(12, old.rowCount().orElseThrow());
      }
      sink.commit();
    }
    try (FileTable table = TableFiles.open(target.toString(), allocator)) {
      assertEquals(3, table.rowCount().orElseThrow());
    }
    assertEquals(List.of("x.parquet"), names());
  }

  @Test
  void existingTargetIsRefused() throws IOException {
    Path target = folder.resolve("x.parquet");
    copy(pyarrow("nested"), target.toString(), WriteOptions.DEFAULT, 100);
    assertMessage(
        target.toString(), WriteOptions.DEFAULT, "x.parquet exists already; name another file");
    assertMessage(
        target.toString(),
        WriteOptions.DEFAULT.withMode(WriteMode.APPEND),
        "cannot append to the single file",
        "append to a folder (\"x/\")");
    assertMessage(folder + "/", WriteOptions.DEFAULT, "is not empty");
    assertMessage(folder + "/nowhere/x.parquet", WriteOptions.DEFAULT, "does not exist");
    assertMessage(folder + "/x.txt", WriteOptions.DEFAULT, "name a file with one of");
    assertMessage(target + "/", WriteOptions.DEFAULT, "it is a file");
  }

  @Test
  void fileCreatedMeanwhileIsNotOverwritten() throws IOException {
    Path target = folder.resolve("x.arrow");
    try (FileTable table = TableFiles.open(pyarrow("integers"), allocator);
        BatchSink sink = TableFiles.create(target.toString(), table.schema(), allocator)) {
      Files.writeString(target, "theirs");
      TableException e = assertThrows(TableException.class, sink::commit);
      assertTrue(e.getMessage().contains("created by someone else"), e.getMessage());
    }
    assertEquals("theirs", Files.readString(target));
    assertEquals(List.of("x.arrow"), names());
  }

  @Test
  void rowsThatDoNotFitTheFolderAreRefused() throws IOException {
    copy(pyarrow("nested"), folder + "/out/", WriteOptions.DEFAULT, 100);
    try (FileTable table = TableFiles.open(pyarrow("integers"), allocator)) {
      TableException e =
          assertThrows(
              TableException.class,
              () ->
                  TableFiles.create(
                      folder + "/out/",
                      table.schema(),
                      WriteOptions.DEFAULT.withMode(WriteMode.APPEND),
                      allocator));
      assertTrue(e.getMessage().contains("it has no column \"i8\""), e.getMessage());
    }
  }

  @ParameterizedTest(name = "{0}, disk full after {1} bytes")
  @CsvSource({
    "x.parquet, 0",
    "x.parquet, 10",
    "x.parquet, 800",
    "x.arrow, 0",
    "x.arrow, 900",
    "out/, 100"
  })
  void fullDiskLeavesNothing(String name, int bytes) throws IOException {
    Storage full = path -> new FullDisk(Storage.DISK.create(path), bytes);
    try (FileTable table = TableFiles.open(pyarrow("nested"), allocator);
        BatchReader reader = scan(table)) {
      TableException e =
          assertThrows(
              TableException.class,
              () -> {
                try (BatchSink sink =
                    TableFiles.create(
                        folder + "/" + name,
                        table.schema(),
                        WriteOptions.DEFAULT,
                        FileAccess.all(),
                        allocator,
                        full)) {
                  while (reader.next()) {
                    sink.write(reader.batch());
                  }
                  sink.commit();
                }
              });
      assertTrue(e.getMessage().startsWith("the disk of " + folder), e.getMessage());
      assertTrue(e.getMessage().contains("is full"), e.getMessage());
      assertTrue(e.getMessage().contains("nothing was left under"), e.getMessage());
    }
    assertEquals(List.of(), names());
  }

  /** A disk with room for so many bytes. */
  private static final class FullDisk extends FilterOutputStream {
    private long room;

    FullDisk(OutputStream out, long room) {
      super(out);
      this.room = room;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int start, int length) throws IOException {
      if (length > room) {
        throw new IOException("No space left on device");
      }
      room -= length;
      out.write(bytes, start, length);
    }
  }

  private void assertMessage(String target, WriteOptions options, String... parts) {
    try (FileTable table = TableFiles.open(pyarrow("nested"), allocator)) {
      TableException e =
          assertThrows(
              TableException.class,
              () -> TableFiles.create(target, table.schema(), options, allocator));
      for (String part : parts) {
        assertTrue(e.getMessage().contains(part), e.getMessage());
      }
    }
  }

  private void copy(String from, String to, WriteOptions options, int batchRows) {
    try (FileTable table = TableFiles.open(from, new ReadOptions(batchRows), allocator);
        BatchSink sink = TableFiles.create(to, table.schema(), options, allocator);
        BatchReader reader = scan(table)) {
      while (reader.next()) {
        sink.write(reader.batch());
      }
      sink.commit();
    }
  }

  private BatchReader scan(FileTable table) {
    return table.scan(
        table.schema().getFields().stream().map(Field::getName).toList(), List.of(), allocator);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private static String pyarrow(String name) {
    return Resources.file("pyarrow/" + name + ".parquet").toString();
  }
}
