package dev.quern.connectors;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** File formats of tables, told apart by the extension of the file name. */
public enum TableFormat {
  PARQUET("parquet parq pq"),
  ARROW("arrow feather ipc arrows"),
  CSV("csv tsv csv.gz tsv.gz"),
  JSON_LINES("jsonl ndjson jsonl.gz ndjson.gz");

  /** Separated by blanks; the first is the one that new files get. */
  private final String extensions;

  TableFormat(String extensions) {
    this.extensions = extensions;
  }

  /** The extension that new files get, without a dot. */
  public String extension() {
    return extensions().getFirst();
  }

  private List<String> extensions() {
    return List.of(extensions.split(" "));
  }

  /** The format of a file name, if its extension is one of a table. */
  public static Optional<TableFormat> of(Path file) {
    String name = name(file);
    return Arrays.stream(values())
        .filter(format -> format.extensions().stream().anyMatch(e -> name.endsWith("." + e)))
        .findFirst();
  }

  /** All extensions, for error messages. */
  static String known() {
    return Arrays.stream(values())
        .flatMap(format -> format.extensions().stream())
        .map(extension -> "." + extension)
        .collect(Collectors.joining(", "));
  }

  static boolean isGzip(Path file) {
    return name(file).endsWith(".gz");
  }

  static boolean isTabSeparated(Path file) {
    String name = name(file);
    return name.endsWith(".tsv") || name.endsWith(".tsv.gz");
  }

  private static String name(Path file) {
    Path name = file.getFileName();
    return name == null ? "" : name.toString().toLowerCase(Locale.ROOT);
  }
}
