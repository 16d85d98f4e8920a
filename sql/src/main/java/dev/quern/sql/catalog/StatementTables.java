package dev.quern.sql.catalog;

import dev.quern.connectors.FileAccess;
import dev.quern.connectors.FileRefusedException;
import dev.quern.connectors.TableFiles;
import dev.quern.executor.table.TableException;
import dev.quern.planner.QueryException.State;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
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
  private final FileAccess files;
  private final BufferAllocator allocator;
  private final Map<String, SourceTable> open = new HashMap<>();
  private final Map<String, Failure> failures = new HashMap<>();

  /** Why there is no such table, in the words of who looked. */
  public record Failure(State state, String message) {}

  /**
   * @param files those that the statement may read
   */
  public StatementTables(Catalog catalog, FileAccess files, BufferAllocator allocator) {
    this.catalog = catalog;
    this.files = files;
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

  /** Why a table that was looked for is not there. */
  public Optional<Failure> failure(String name) {
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
    try {
      if (namesFile(name)) {
        open.put(name, new SourceTable(TableFiles.open(name, files, allocator)));
      } else {
        failures.put(
            name,
            new Failure(
                State.NO_TABLE,
                "there is no view '"
                    + name
                    + "'; a file's name needs its extension, such as \""
                    + name
                    + ".parquet\""));
      }
    } catch (TableException e) {
      failures.put(name, new Failure(State.NO_TABLE, e.getMessage()));
    } catch (FileRefusedException e) {
      failures.put(name, new Failure(State.NOT_ALLOWED, e.getMessage()));
    }
  }

  private boolean namesFile(String name) {
    if (name.chars().anyMatch(c -> "./\\*?[".indexOf(c) >= 0)) {
      return true;
    }
    try {
      return Files.exists(files.read(name));
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
