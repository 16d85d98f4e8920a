package dev.quern.sql.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quern.connectors.FileAccess;
import dev.quern.connectors.FileListing;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServedMetaDataTest extends ServedFiles {
  private static List<String> column(ResultSet rows, String label) throws SQLException {
    List<String> values = new ArrayList<>();
    try (rows) {
      while (rows.next()) {
        values.add(rows.getString(label));
      }
    }
    return values;
  }

  private List<String> tables(String pattern, String... types) throws SQLException {
    return column(
        connection.getMetaData().getTables(null, null, pattern, types.length == 0 ? null : types),
        "TABLE_NAME");
  }

  private List<String> columns(String table) throws SQLException {
    return column(connection.getMetaData().getColumns(null, null, table, "%"), "COLUMN_NAME");
  }

  @Test
  void filesBelowTheRootAreListedByRelativeNames() throws SQLException, IOException {
    Files.writeString(root.resolve("notes.txt"), "no table");
    Files.writeString(root.resolve(".hidden.csv"), "a\n1\n");
    for (String folder : List.of(".git", "_tmp", "sub/.deep")) {
      Files.createDirectories(root.resolve(folder));
      Files.writeString(root.resolve(folder).resolve("x.csv"), "a\n1\n");
    }
    execute("CREATE VIEW a_view AS SELECT 1 AS x");
    List<String> files = List.of("links/inside.csv", "reviews.csv", "sub/more.csv");
    assertEquals(files, tables("%", "TABLE"));
    assertEquals(List.of("a_view"), tables("%", "VIEW"));
    List<String> all = new ArrayList<>(files);
    all.add("a_view");
    assertEquals(all, tables("%"));
    assertEquals(List.of("sub/more.csv"), tables("sub/%"));
    assertEquals(List.of("reviews.csv"), tables("REVIEWS.CSV"));
    assertEquals(List.of(), tables("../%"));
    assertEquals(List.of(), tables("%", "SYSTEM TABLE"));
    for (String name : files) {
      assertEquals(List.of("word"), columns(name));
      assertFalse(rows("SELECT word FROM '" + name + "'").isEmpty());
    }
  }

  @Test
  void columnsOfOtherNamesAreNone() throws SQLException, IOException {
    Files.writeString(root.resolve("a_b.csv"), "one\n1\n");
    Files.writeString(root.resolve("axb.csv"), "two\n1\n");
    assertEquals(List.of("one"), columns("a_b.csv"));
    assertEquals(List.of("one"), columns("a\\_b.csv"));
    for (String name :
        List.of(
            "%",
            "",
            "nosuch.csv",
            "../outside/secret.csv",
            outside + "/secret.csv",
            "links/file.csv",
            "links/chain.csv",
            "file:reviews.csv",
            "\0")) {
      assertEquals(List.of(), columns(name), name);
    }
    execute("CREATE VIEW \"reviews.csv\" AS SELECT 1 AS of_the_view");
    assertEquals(List.of("of_the_view"), columns("reviews.csv"));
  }

  @Test
  void aFileThatCannotBeReadGivesAnError() throws IOException {
    Files.writeString(root.resolve("bad.parquet"), "no such thing");
    SQLException e = assertThrows(SQLException.class, () -> columns("bad.parquet"));
    assertEquals("58030", e.getSQLState());
    assertFalse(e.getMessage().contains(parent.toString()), e.getMessage());
  }

  @Test
  void aListingHasAnEnd() throws IOException {
    for (int i = 0; i < 50; i++) {
      Files.writeString(root.resolve("many" + i + ".csv"), "a\n1\n");
    }
    FileAccess files = FileAccess.under(root);
    assertEquals(20, FileListing.of(files, name -> true, 20).size());
    assertEquals(50, FileListing.of(files, name -> name.startsWith("many"), 100).size());
  }

  @Test
  void withoutARootNoFileIsListed() throws SQLException {
    connection.close();
    connection = connect(FileAccess.none());
    assertEquals(List.of(), tables("%"));
    assertEquals(List.of(), columns("reviews.csv"));
  }
}
