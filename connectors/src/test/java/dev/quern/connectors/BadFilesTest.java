package dev.quern.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files and names that are no tables get an error that says what, where and the remedy. */
class BadFilesTest extends AllocatorTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"x.parquet", "x.arrow"})
  void emptyFile(String name) throws IOException {
    Files.createFile(folder.resolve(name));
    assertRefused(folder.resolve(name).toString(), name + " is empty", "write");
  }

  @Test
  void truncatedParquet() throws IOException {
    byte[] whole = movies();
    Path file = Files.write(folder.resolve("x.parquet"), Arrays.copyOf(whole, whole.length / 2));
    assertRefused(file.toString(), "truncated", "footer is missing", "copy it again");
    Files.write(file, Arrays.copyOf(whole, 7));
    assertRefused(file.toString(), "has 7 bytes");
  }

  @Test
  void brokenFooter() throws IOException {
    byte[] whole = movies();
    byte[] length = whole.clone();
    Arrays.fill(length, length.length - 8, length.length - 4, (byte) 0x7f);
    Path file = Files.write(folder.resolve("x.parquet"), length);
    assertRefused(file.toString(), "the footer cannot be read", "damaged");
    byte[] content = whole.clone();
    Arrays.fill(content, content.length - 600, content.length - 8, (byte) 0xff);
    Files.write(file, content);
    assertRefused(file.toString(), "the footer cannot be read", "damaged");
  }

  @Test
  void damagedPageIsFoundByItsChecksum() throws IOException {
    byte[] bytes = Files.readAllBytes(Resources.file("pyarrow/checksums.parquet"));
    for (int i = 100; i < 140; i++) {
      bytes[i] ^= 0x55;
    }
    Path file = Files.write(folder.resolve("x.parquet"), bytes);
    try (FileTable table = TableFiles.open(file.toString(), allocator)) {
      TableException e = assertThrows(TableException.class, () -> Rows.of(table, allocator));
      assertTrue(e.getMessage().startsWith(file.toString()), e.getMessage());
      assertTrue(e.getMessage().contains("row group 0"), e.getMessage());
      assertTrue(e.getMessage().contains("damaged"), e.getMessage());
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "encrypted_footer.parquet, encrypted",
    "encrypted_columns.parquet, encrypted",
    "duration.arrow, which Quern does not read"
  })
  void refusedByName(String name, String message) {
    assertRefused(Resources.file("pyarrow/" + name).toString(), message);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "codec_brotli.parquet, BROTLI compression is not supported",
    "invalid_text.parquet, 'column \"t\", row 2'",
    "invalid_text.parquet, not UTF-8 (byte 0xFF at offset 2",
    "invalid_text.arrow, 'column \"t\", row 2 of record batch 0'"
  })
  void refusedWhenRead(String name, String message) {
    try (FileTable table =
        TableFiles.open(Resources.file("pyarrow/" + name).toString(), allocator)) {
      TableException e = assertThrows(TableException.class, () -> Rows.of(table, allocator));
      assertTrue(e.getMessage().contains(name), e.getMessage());
      assertTrue(e.getMessage().contains(message), e.getMessage());
    }
  }

  @Test
  void otherFormatUnderTheExtension() throws IOException {
    Path file = Files.writeString(folder.resolve("x.parquet"), "a,b\n1,2\n3,4\n5,6\n");
    assertRefused(file.toString(), "is not Parquet", "extension of its real format");
    Path arrow = Files.writeString(folder.resolve("x.arrow"), "a,b\n1,2\n3,4\n5,6\n");
    assertRefused(arrow.toString(), "is not Arrow IPC", "extension of its real format");
  }

  @Test
  void truncatedArrow() throws IOException {
    byte[] whole = Files.readAllBytes(Resources.file("pyarrow/arrow_nested.arrow"));
    Path file = Files.write(folder.resolve("x.arrow"), Arrays.copyOf(whole, whole.length / 2));
    assertRefused(file.toString(), "cannot be read as Arrow IPC", "damaged");
  }

  @Test
  void missingFileGetsTheNearestName() throws IOException {
    Files.write(folder.resolve("reviews.parquet"), movies());
    assertRefused(folder + "/revews.parquet", "does not exist; did you mean", "reviews.parquet");
    assertRefused(folder + "/other.csv", "does not exist", "holds reviews.parquet");
    assertRefused(folder + "/no/such.csv", "nor does the folder");
    assertRefused("", "the name is empty");
  }

  @Test
  void globsAndFolders() throws IOException {
    Path deep = Files.createDirectories(folder.resolve("a/b"));
    Files.write(folder.resolve("2.parquet"), movies());
    Files.write(folder.resolve("1.parquet"), movies());
    Files.write(deep.resolve("3.parquet"), movies());
    Files.write(folder.resolve(".4.parquet.0815.tmp"), new byte[9]);
    Files.write(folder.resolve(".5.parquet"), new byte[9]);
    Files.write(folder.resolve("_SUCCESS"), new byte[0]);
    assertFiles(folder.toString(), "1.parquet", "2.parquet", "a/b/3.parquet");
    assertFiles(folder + "/", "1.parquet", "2.parquet", "a/b/3.parquet");
    assertFiles(folder + "/*.parquet", "1.parquet", "2.parquet");
    assertFiles(folder + "/**.parquet", "1.parquet", "2.parquet", "a/b/3.parquet");
    assertFiles(folder + "/{2,9}.parquet", "2.parquet");
    assertFiles(folder + "/a/*/3.parquet", "a/b/3.parquet");
    assertRefused(folder + "/x*.parquet", "no file matches", "holds 1.parquet");
    assertRefused(folder + "/[", "is not a glob");
    Files.writeString(folder.resolve("t.csv"), "a\n1\n");
    assertRefused(folder.toString(), "several formats");
    Files.writeString(folder.resolve("notes.txt"), "");
    assertRefused(folder + "/*", "notes.txt has no extension of a table");
    assertRefused(folder + "/notes.txt", "has no extension of a table");
    assertRefused(Files.createDirectory(folder.resolve("empty")).toString(), "without tables");
    Path year = Files.createDirectories(folder.resolve("p/year=2020"));
    Files.write(year.resolve("1.parquet"), movies());
    assertRefused(folder + "/p", "is partitioned", "year=2020");
  }

  @Test
  void columnsOfSeveralFilesAgreeByNameAndWiden() throws IOException {
    Files.writeString(folder.resolve("1.csv"), "n,s\n1,a\n");
    Files.writeString(folder.resolve("2.csv"), "s,n\nb,2.5\n");
    try (FileTable table = TableFiles.open(folder.toString(), allocator)) {
      assertEquals("[{n=1.0, s=a}, {n=2.5, s=b}]", Rows.of(table, allocator).toString());
    }
    Files.writeString(folder.resolve("3.csv"), "n,s\nmany,c\n");
    assertRefused(folder.toString(), "column \"n\" is", "2.csv", "3.csv", "same types");
    Files.writeString(folder.resolve("3.csv"), "n\n3\n");
    assertRefused(folder.toString(), "3.csv has no column \"s\"", "1.csv");
    Files.writeString(folder.resolve("3.csv"), "n,s,more\n3,c,4\n");
    assertRefused(folder.toString(), "1.csv has no column \"more\"", "3.csv");
  }

  @Test
  void integerThatNoDoubleHoldsIsNotRounded() throws IOException {
    Files.writeString(folder.resolve("1.csv"), "n\n9007199254740993\n");
    Files.writeString(folder.resolve("2.csv"), "n\n2.5\n");
    try (FileTable table = TableFiles.open(folder.toString(), allocator)) {
      TableException e = assertThrows(TableException.class, () -> Rows.of(table, allocator));
      assertTrue(e.getMessage().contains("9007199254740993"), e.getMessage());
      assertTrue(e.getMessage().contains("1.csv, column \"n\", row 1"), e.getMessage());
    }
  }

  @Test
  void fileChangedSinceItWasOpened() throws IOException {
    Path file = Files.writeString(folder.resolve("t.csv"), "n\n1\n");
    try (FileTable table = TableFiles.open(file.toString(), allocator)) {
      Files.writeString(file, "n\nnow a text\n");
      TableException e = assertThrows(TableException.class, () -> Rows.of(table, allocator));
      assertTrue(e.getMessage().contains("has changed since"), e.getMessage());
    }
  }

  private void assertFiles(String name, String... expected) {
    try (FileTable table = TableFiles.open(name, allocator)) {
      assertEquals(
          List.of(expected),
          table.files().stream().map(file -> folder.relativize(file).toString()).toList());
    }
  }

  private void assertRefused(String name, String... parts) {
    TableException e =
        assertThrows(TableException.class, () -> TableFiles.open(name, allocator).close());
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  private static byte[] movies() throws IOException {
    return Files.readAllBytes(Resources.file("movies.parquet"));
  }
}
