package dev.quern.sql.files;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quern.connectors.FileAccess;
import dev.quern.executor.engine.ScriptedEngine;
import dev.quern.sql.jdbc.QuernDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A served session over a data root, beside which lie files that it must not reach. */
abstract class ServedFiles {
  static final String SECRET = "secret";

  @TempDir Path parent;

  Path root;
  Path outside;
  Connection connection;

  /** In the root: reviews.csv, sub/more.csv, and links whose names tell where they lead. */
  @BeforeEach
  void layOut() throws IOException, SQLException {
    root = Files.createDirectories(parent.resolve("root"));
    outside = Files.createDirectories(parent.resolve("outside"));
    Files.createDirectories(root.resolve("sub"));
    Files.writeString(outside.resolve("secret.csv"), "word\n" + SECRET + "\n");
    Files.writeString(root.resolve("reviews.csv"), "word\ngood\nbad\n");
    Files.writeString(root.resolve("sub/more.csv"), "word\nmore\n");
    Files.createDirectories(root.resolve("links"));
    link("links/inside.csv", "../reviews.csv");
    link("links/inside", "../sub");
    link("links/file.csv", outside.resolve("secret.csv").toString());
    link("links/relative.csv", "../../outside/secret.csv");
    link("links/nowhere.csv", outside.resolve("nothing.csv").toString());
    link("links/folder", outside.toString());
    link("links/chain.csv", "chain2.csv");
    link("links/chain2.csv", "folder/secret.csv");
    link("links/loop.csv", "loop.csv");
    connection = connect(FileAccess.under(root));
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  static Connection connect(FileAccess files) throws SQLException {
    return new QuernDriver(_ -> ScriptedEngine.answering(text -> text), files)
        .connect("jdbc:quern:", new Properties());
  }

  void link(String name, String target) throws IOException {
    Files.createSymbolicLink(root.resolve(name), Path.of(target));
  }

  /** The first column of all rows. */
  List<String> rows(String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    return values;
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The error of a statement, whose rows are all read if it has any. */
  SQLException failure(String sql) {
    return assertThrows(
        SQLException.class,
        () -> {
          try (Statement statement = connection.createStatement()) {
            if (statement.execute(sql)) {
              try (ResultSet rows = statement.getResultSet()) {
                while (rows.next()) {
                  rows.getString(1);
                }
              }
            }
          }
        },
        sql);
  }

  /** Names of all files below a folder. */
  static List<String> below(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.map(file -> folder.relativize(file).toString()).sorted().toList();
    }
  }
}
