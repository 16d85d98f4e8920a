package dev.quern.sql.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.connectors.FileAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways out of the data root, by every kind of statement that names a file. */
class PathEscapeTest extends ServedFiles {
  private static final List<String> WAYS_IN =
      List.of(
          "SELECT * FROM '%s'",
          "SELECT * FROM \"%s\"",
          "SELECT word FROM 'reviews.csv' WHERE word IN (SELECT word FROM '%s')",
          "SELECT * FROM 'reviews.csv' JOIN '%s' AS other USING (word)",
          "CREATE VIEW v AS SELECT * FROM '%s'",
          "EXPLAIN PLAN FOR SELECT * FROM '%s'",
          "EXPLAIN ANALYZE SELECT * FROM '%s'",
          "COPY '%s' TO 'copy.parquet'",
          "CREATE MODEL m FROM '%s'");

  private static final List<String> WAYS_OUT =
      List.of(
          "COPY (VALUES 1) TO '%s'",
          "COPY (VALUES 1) TO '%s/'",
          "COPY (VALUES 1) TO '%s/x.parquet'",
          "CREATE TABLE '%s' AS VALUES 1",
          "CREATE TABLE '%s/' AS VALUES 1",
          "CREATE OR REPLACE TABLE '%s' AS VALUES 1",
          "CREATE TABLE IF NOT EXISTS '%s/' AS VALUES 1",
          "INSERT INTO '%s' VALUES 1",
          "INSERT INTO '%s/' VALUES 1");

  /** {@code $OUTSIDE} stands for the absolute path of the folder beside the root. */
  private static Stream<String> namesThatLeave() {
    return Stream.of(
        "../outside/secret.csv",
        "../outside/nothing.csv",
        "..",
        "../",
        "./../outside/secret.csv",
        "..//outside/secret.csv",
        "sub/../../outside/secret.csv",
        "missing/../../outside/secret.csv",
        "../root/../outside/secret.csv",
        "../root/reviews.csv/../../outside/secret.csv",
        "/",
        "/etc/passwd",
        "/etc/no-such-file.csv",
        "$OUTSIDE/secret.csv",
        "$OUTSIDE/nothing.csv",
        "$OUTSIDE/../root/../outside/secret.csv",
        "links/file.csv",
        "links/relative.csv",
        "links/nowhere.csv",
        "links/folder",
        "links/folder/secret.csv",
        "links/folder/nothing.csv",
        "links/folder/../../root/../outside/secret.csv",
        "links/inside/../../outside/secret.csv",
        "links/inside/../../../outside/secret.csv",
        "links/chain.csv",
        "links/loop.csv",
        "/proc/self/root/etc/passwd",
        "/proc/self/cwd");
  }

  private static Stream<String> globsThatLeave() {
    return Stream.of(
        "../outside/*.csv",
        "../*/secret.csv",
        "*/../../outside/secret.csv",
        "*/../../outside/*.csv",
        "sub*/../reviews.csv",
        "**/../../outside/*",
        "?ub/..",
        "[s]ub/../../outside/secret.csv",
        "$OUTSIDE/*.csv",
        "/**",
        "links/folder/*.csv",
        "links/folder/**",
        "links/f*.csv",
        "links/*",
        "**/chain*.csv");
  }

  private void assertRefused(String pattern, String name) {
    String written = name.replace("$OUTSIDE", outside.toString());
    SQLException e = failure(pattern.replace("%s", written));
    assertEquals("42501", e.getSQLState(), e.getMessage());
    assertTrue(e.getMessage().contains("lies outside --data-root"), e.getMessage());
    assertFalse(e.getMessage().contains(root.toString()), e.getMessage());
    if (!name.contains("$OUTSIDE")) {
      assertFalse(e.getMessage().contains(outside.toString()), e.getMessage());
    }
  }

  @ParameterizedTest
  @MethodSource("namesThatLeave")
  void namesThatLeaveAreRefusedByEveryStatement(String name) throws IOException {
    List<String> before = below(parent);
    for (String pattern : WAYS_IN) {
      assertRefused(pattern, name);
    }
    for (String pattern : WAYS_OUT) {
      assertRefused(pattern, name);
    }
    assertEquals(before, below(parent));
  }

  @ParameterizedTest
  @MethodSource("globsThatLeave")
  void globsThatLeaveAreRefused(String name) throws IOException {
    List<String> before = below(parent);
    for (String pattern : WAYS_IN) {
      if (!pattern.startsWith("CREATE MODEL")) {
        assertRefused(pattern, name);
      }
    }
    assertEquals(before, below(parent));
  }

  @ParameterizedTest
  @MethodSource("namesThatLeave")
  void whatExistsOutsideIsNotTold(String name) {
    String missing = name.replace("secret", "nosuch").replace("passwd", "nosuch");
    String exists =
        failure("SELECT * FROM '" + name.replace("$OUTSIDE", outside + "") + "'").getMessage();
    String isMissing =
        failure("SELECT * FROM '" + missing.replace("$OUTSIDE", outside + "") + "'").getMessage();
    assertEquals(isMissing, exists.replace("secret", "nosuch").replace("passwd", "nosuch"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%2e%2e/outside/secret.csv",
        "..%2foutside%2fsecret.csv",
        "%252e%252e%252foutside%252fsecret.csv",
        "..%c0%afoutside%c0%afsecret.csv",
        "..\\outside\\secret.csv",
        "C:\\Windows\\win.csv",
        "C:/Windows/win.csv",
        "\\\\host\\share\\x.csv",
        "~/secret.csv",
        "$HOME/secret.csv",
        ".../outside/secret.csv",
        ".. /outside/secret.csv",
        " ../outside/secret.csv",
        "\u2024\u2024/outside/secret.csv",
        "\uff0e\uff0e/outside/secret.csv",
        "..\u2215outside\u2215secret.csv",
        "..\uff0foutside\uff0fsecret.csv",
        "\u202e../outside/secret.csv",
        "{../outside/secret,x}.csv",
        "{..,sub}/{outside,x}/*.csv",
        "[.][.]/outside/*.csv",
        "\\../outside/*.csv",
        ".*/outside/*.csv",
        "links/folder*/*.csv"
      })
  void whatOnlyLooksLikeAWayOutIsAPlainName(String name) throws IOException {
    List<String> before = below(outside);
    for (String pattern : WAYS_IN) {
      if (pattern.startsWith("CREATE MODEL")) {
        continue; // looks at the folder when a query uses it
      }
      SQLException e = failure(pattern.replace("%s", name));
      assertEquals("42S02", e.getSQLState(), e.getMessage());
      assertFalse(e.getMessage().contains(parent.toString()), e.getMessage());
    }
    assertEquals(before, below(outside));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "file:///etc/passwd",
        "file:/etc/passwd",
        "FILE:../outside/secret.csv",
        "jar:file:/a.jar!/x.csv",
        "http://localhost/x.csv",
        "s3://bucket/*.parquet"
      })
  void urisAreRefused(String name) {
    Stream.concat(WAYS_IN.stream(), WAYS_OUT.stream())
        .filter(pattern -> !name.contains("*") || !WAYS_OUT.contains(pattern))
        .forEach(pattern -> {
          SQLException e = failure(pattern.replace("%s", name));
          assertEquals("42501", e.getSQLState(), e.getMessage());
          assertTrue(e.getMessage().contains("is a URI"), e.getMessage());
        });
  }

  @Test
  void oddNamesGiveErrors() {
    List<String> names =
        List.of(
            "a\0b.csv",
            "../outside/secret.csv\0.csv",
            "x".repeat(300) + ".csv",
            "x/".repeat(3_000) + "y.csv",
            "x".repeat(8_000),
            "../".repeat(1_000) + "etc/passwd",
            "\ud800.csv",
            "\u2028.csv");
    for (String pattern : WAYS_IN) {
      for (String name : names) {
        if (name.length() < 320 && !name.contains("\0") && pattern.startsWith("CREATE MODEL")) {
          continue; // looks at the folder when a query uses it
        }
        SQLException e = failure(pattern.replace("%s", name));
        assertTrue(
            e.getSQLState().startsWith("42") || e.getSQLState().equals("58030"),
            e.getSQLState() + e.getMessage());
        assertTrue(e.getMessage().length() < 10_000, e.getMessage());
        assertFalse(e.getMessage().contains(parent.toString()), e.getMessage());
      }
    }
  }

  @Test
  void namesOfFilesCannotComeAsParameters() throws SQLException {
    for (String sql : List.of("SELECT * FROM ?", "COPY (VALUES 1) TO ?", "CREATE MODEL m FROM ?")) {
      assertEquals("42000", failure(sql).getSQLState());
    }
    try (var statement =
        connection.prepareStatement("SELECT GENERATE(word, model => ?) FROM 'reviews.csv'")) {
      for (String name : List.of("../outside", "/etc", outside.toString())) {
        statement.setString(1, name);
        SQLException e = assertThrows(SQLException.class, () -> statement.executeQuery().next());
        assertEquals("58004", e.getSQLState(), e.getMessage());
        assertTrue(e.getMessage().startsWith("there is no model"), e.getMessage());
      }
    }
    assertEquals(
        "58004",
        failure("SELECT GENERATE(word, model => '../outside') FROM 'reviews.csv'").getSQLState());
  }

  @Test
  void theRootItselfIsNotWritten() throws IOException {
    List<String> before = below(parent);
    for (String name : List.of("./", "sub/../", "links/..", root + "/", "links/inside/../")) {
      for (String pattern : List.of("COPY (VALUES 1) TO '%s'", "INSERT INTO '%s' VALUES 1")) {
        assertEquals("42501", failure(pattern.replace("%s", name)).getSQLState());
      }
    }
    assertEquals(before, below(parent));
  }

  @Test
  void filesInTheRootAreReadAndWritten() throws SQLException, IOException {
    List<String> reviews = List.of("good", "bad");
    for (String name :
        List.of(
            "reviews.csv",
            "./reviews.csv",
            "sub/../reviews.csv",
            "links/inside.csv",
            "links/inside/../reviews.csv",
            "links/in*.csv",
            "rev*.csv",
            root + "/reviews.csv",
            root + "/rev*.csv")) {
      assertEquals(reviews, rows("SELECT word FROM '" + name + "'"), name);
    }
    assertEquals(List.of("more"), rows("SELECT word FROM 'links/ins*/*.csv'"));
    assertEquals(List.of("more"), rows("SELECT word FROM 'links/inside'"));
    execute("COPY 'reviews.csv' TO 'sub/copy.parquet'");
    execute("CREATE TABLE 'table/' AS SELECT * FROM 'sub/copy.parquet'");
    execute("INSERT INTO 'table/' SELECT * FROM 'sub/more.csv'");
    execute("COPY (SELECT 'x' AS word) TO 'links/inside/x.parquet'");
    assertEquals(List.of("good", "bad", "more"), rows("SELECT word FROM 'table'"));
    assertEquals(List.of("x"), rows("SELECT word FROM 'sub/x.parquet'"));
    assertEquals(List.of("", "secret.csv"), below(outside));
  }

  @Test
  void aRootMayBeNamedThroughALink() throws SQLException, IOException {
    Path alias = Files.createSymbolicLink(parent.resolve("alias"), root);
    connection.close();
    connection = connect(FileAccess.under(alias));
    for (String name : List.of("reviews.csv", alias + "/reviews.csv", root + "/reviews.csv")) {
      assertEquals(List.of("good", "bad"), rows("SELECT word FROM '" + name + "'"));
    }
    for (String name : List.of("../outside/secret.csv", alias + "/../outside/secret.csv")) {
      assertRefused("SELECT * FROM '%s'", name);
    }
  }

  @Test
  void aFolderWhoseNameBeginsAlikeIsOutside() throws IOException {
    Path twin = Files.createDirectories(parent.resolve("root-2"));
    Files.writeString(twin.resolve("x.csv"), "word\nsecret\n");
    assertEquals("42501", failure("SELECT * FROM '" + twin + "/x.csv'").getSQLState());
    assertEquals("42501", failure("SELECT * FROM '../root-2/x.csv'").getSQLState());
  }

  @Test
  void withoutARootThereAreNoFiles() throws SQLException {
    connection.close();
    connection = connect(FileAccess.none());
    assertEquals(List.of("1"), rows("SELECT 1"));
    for (String pattern : Stream.concat(WAYS_IN.stream(), WAYS_OUT.stream()).toList()) {
      for (String name : List.of("x.csv", "/etc/passwd", root + "/reviews.csv", "../x.csv")) {
        SQLException e = failure(pattern.replace("%s", name));
        assertEquals("42501", e.getSQLState(), e.getMessage());
        assertTrue(
            e.getMessage().contains("this server reads no files")
                && e.getMessage().contains("start it with --data-root DIR"),
            e.getMessage().toLowerCase(Locale.ROOT));
      }
    }
    assertEquals("42501", failure("SELECT * FROM 'links/*.csv'").getSQLState());
  }
}
