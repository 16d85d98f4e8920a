package dev.quern.sql.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files and links that someone changes between the check and the reading. */
class SwappedFilesTest extends ServedFiles {
  private static List<String> rows(PreparedStatement statement) throws SQLException {
    List<String> values = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  private void replaceByLink(String name, Path target) throws IOException {
    Files.move(root.resolve(name), parent.resolve("moved"));
    Files.createSymbolicLink(root.resolve(name), target);
  }

  private void assertChanged(PreparedStatement statement) {
    SQLException e = assertThrows(SQLException.class, () -> rows(statement));
    assertTrue(e.getMessage().contains("has changed since"), e.getMessage());
  }

  @Test
  void aLinkThatIsSwappedLeadsWhereItLed() throws SQLException, IOException {
    try (var statement = connection.prepareStatement("SELECT word FROM 'links/inside.csv'")) {
      replaceByLink("links/inside.csv", outside.resolve("secret.csv"));
      assertEquals(List.of("good", "bad"), rows(statement));
    }
    assertEquals("42501", failure("SELECT word FROM 'links/inside.csv'").getSQLState());
  }

  @Test
  void aFileThatBecomesALinkIsNotRead() throws SQLException, IOException {
    // As long and as old as the file that it replaces, so that neither tells.
    Path file = root.resolve("reviews.csv");
    Files.writeString(outside.resolve("secret.csv"), "word\nbest\nbad\n");
    Files.setLastModifiedTime(outside.resolve("secret.csv"), Files.getLastModifiedTime(file));
    try (var statement = connection.prepareStatement("SELECT word FROM 'reviews.csv'")) {
      replaceByLink("reviews.csv", outside.resolve("secret.csv"));
      assertChanged(statement);
    }
  }

  @Test
  void aFolderThatBecomesALinkIsNotRead() throws SQLException, IOException {
    Path file = root.resolve("sub/more.csv");
    Files.writeString(outside.resolve("more.csv"), "word\nless\n");
    Files.setLastModifiedTime(outside.resolve("more.csv"), Files.getLastModifiedTime(file));
    for (String name : List.of("sub/more.csv", "sub/*.csv", "sub", "links/inside/more.csv")) {
      try (var statement = connection.prepareStatement("SELECT word FROM '" + name + "'")) {
        replaceByLink("sub", outside);
        assertChanged(statement);
      }
      Files.delete(root.resolve("sub"));
      Files.move(parent.resolve("moved"), root.resolve("sub"));
    }
  }

  @Test
  void aFileSwappedWhileTheQueryRunsIsNotRead() throws SQLException, IOException {
    Files.writeString(root.resolve("sub/next.csv"), "word\nnext\n");
    try (var statement = connection.prepareStatement("SELECT word FROM 'sub/*.csv'");
        ResultSet rows = statement.executeQuery()) {
      assertTrue(rows.next());
      assertEquals("more", rows.getString(1));
      replaceByLink("sub/next.csv", outside.resolve("secret.csv"));
      SQLException e =
          assertThrows(
              SQLException.class,
              () -> {
                while (rows.next()) {
                  assertEquals("more", rows.getString(1));
                }
              });
      assertTrue(e.getMessage().contains("has changed since"), e.getMessage());
    }
  }

  @Test
  void aTargetIsCheckedWhenTheStatementRuns() throws SQLException, IOException {
    List<String> before = below(outside);
    for (String sql :
        List.of(
            "COPY (SELECT 1 AS x) TO 'sub/x.parquet'",
            "CREATE TABLE 'sub/x.parquet' AS SELECT 1 AS x",
            "CREATE TABLE IF NOT EXISTS 'sub/t/' AS SELECT 1 AS x",
            "INSERT INTO 'sub/t/' SELECT 1 AS x")) {
      try (var statement = connection.prepareStatement(sql)) {
        replaceByLink("sub", outside);
        SQLException e = assertThrows(SQLException.class, statement::executeUpdate);
        assertEquals("42501", e.getSQLState(), e.getMessage());
      }
      Files.delete(root.resolve("sub"));
      Files.move(parent.resolve("moved"), root.resolve("sub"));
    }
    assertEquals(before, below(outside));
  }
}
