package dev.quern.connectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.table.TableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TextTableTest {
  @TempDir private Path folder;

  private TextTable read(String name, String content, String... columns) throws IOException {
    Path file = Files.writeString(folder.resolve(name), content);
    try (BufferAllocator allocator = ArrowMemory.open(1 << 24);
        FileTable table = TableFiles.open(file.toString(), allocator)) {
      List<String> names = columns.length == 0 ? TextTable.names(table) : List.of(columns);
      return TextTable.read(table, names, allocator);
    }
  }

  @Test
  void csvKeepsItsText() throws IOException {
    TextTable table = read("a.csv", "id,price,note\n007,1.50,\"a, \"\"b\"\"\"\n8,,\n");
    assertEquals(List.of("id", "price", "note"), table.names());
    assertEquals(
        List.of(List.of("007", "8"), List.of("1.50", ""), List.of("a, \"b\"", "")),
        table.columns());
  }

  @Test
  void columnsInTheOrderAskedFor() throws IOException {
    TextTable table = read("a.csv", "a,b,c\n1,2,3\n", "c", "a");
    assertEquals(List.of(List.of("3"), List.of("1")), table.columns());
  }

  @Test
  void otherFormatsGiveTheTextOfValues() throws IOException {
    TextTable table = read("a.jsonl", "{\"n\": 3, \"s\": \"x\"}\n{\"n\": null, \"s\": \"y\"}\n");
    assertEquals(List.of(List.of("3", ""), List.of("x", "y")), table.columns());
  }

  @Test
  void unknownColumnIsNamed() {
    var thrown = assertThrows(TableException.class, () -> read("a.csv", "name\nx\n", "nmae"));
    assertTrue(thrown.getMessage().contains("no column \"nmae\""), thrown.getMessage());
  }
}
