package dev.quern.connectors;

import dev.quern.executor.table.TableException;
import java.nio.file.Path;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Rows may join a folder only if the folder can be read as one table afterwards. */
final class AppendCheck {
  private AppendCheck() {}

  static void require(
      Path folder, TableFormat format, Schema added, FileAccess access, BufferAllocator allocator) {
    try (FileTable table = TableFiles.open(folder.toString(), access, allocator)) {
      if (table.format() != format) {
        throw new TableException(
            "cannot append " + format + " to " + folder + ", which holds " + table.format());
      }
      for (Field field : added.getFields()) {
        Field existing =
            table.schema().getFields().stream()
                .filter(other -> other.getName().equals(field.getName()))
                .findFirst()
                .orElseThrow(() ->
                    new TableException(
                        "cannot append to "
                            + folder
                            + ": it has no column \""
                            + field.getName()
                            + "\"; "
                            + NearMiss.columns(field.getName(), table.schema())));
        if (SchemaUnion.merge(existing, field).isEmpty()) {
          throw new TableException(
              "cannot append to "
                  + folder
                  + ": column \""
                  + field.getName()
                  + "\" is "
                  + existing.getType()
                  + " there but "
                  + field.getType()
                  + " in the new rows; cast it");
        }
      }
      for (Field existing : table.schema().getFields()) {
        if (added.getFields().stream().noneMatch(f -> f.getName().equals(existing.getName()))) {
          throw new TableException(
              "cannot append to "
                  + folder
                  + ": the new rows have no column \""
                  + existing.getName()
                  + "\"; select it, or NULL under its name");
        }
      }
    }
  }
}
