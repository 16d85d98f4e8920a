package dev.quern.sql.catalog;

import dev.quern.connectors.TableFiles;
import dev.quern.executor.table.TableException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.calcite.schema.Table;
import org.apache.calcite.schema.impl.AbstractSchema;
import org.apache.calcite.schema.lookup.LikePattern;
import org.apache.calcite.schema.lookup.Lookup;
import org.apache.calcite.schema.lookup.Named;

/**
 * The tables that one statement names: views of the session, and files, opened at their first
 * mention and closed with the statement.
 */
public final class StatementTables extends AbstractSchema implements AutoCloseable {
  private final Catalog catalog;
  private final BufferAllocator allocator;
  private final Map<String, SourceTable> open = new HashMap<>();
  private final Map<String, String> failures = new HashMap<>();

  public StatementTables(Catalog catalog, BufferAllocator allocator) {
    this.catalog = catalog;
    this.allocator = allocator;
  }

  @Override
  public Lookup<Table> tables() {
    return new Lookup<>() {
      @Override
      public Table get(String name) {
        return find(name);
      }

      @Override
      public Named<Table> getIgnoreCase(String name) {
        Table table = find(name);
        return table == null ? null : new Named<>(name, table);
      }

      @Override
      public Set<String> getNames(LikePattern pattern) {
        return Set.of();
      }
    };
  }

  /** Why a table that was looked for is not there, in the words of who looked. */
  public Optional<String> failure(String name) {
    return Optional.ofNullable(failures.get(name));
  }

  private Table find(String name) {
    Optional<View> view = catalog.view(name);
    if (view.isPresent()) {
      return new ViewTable(view.get());
    }
    if (!open.containsKey(name) && !failures.containsKey(name)) {
      open(name);
    }
    return open.get(name);
  }

  private void open(String name) {
    if (!namesFile(name)) {
      failures.put(
          name,
          "there is no view '"
              + name
              + "'; a file's name needs its extension, such as \""
              + name
              + ".parquet\"");
      return;
    }
    try {
      open.put(name, new SourceTable(TableFiles.open(name, allocator)));
    } catch (TableException e) {
      failures.put(name, e.getMessage());
    }
  }

  private static boolean namesFile(String name) {
    if (name.chars().anyMatch(c -> "./\\*?[".indexOf(c) >= 0)) {
      return true;
    }
    try {
      return Files.exists(Path.of(name));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  @Override
  public void close() {
    open.values().forEach(SourceTable::close);
    open.clear();
  }
}
