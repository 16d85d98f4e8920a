package dev.quern.server.http;

import java.nio.file.Path;
import java.util.Map;

/**
 * A file that came in a multipart form, whole on disk. It is deleted when its handler returns,
 * unless the handler moved it away.
 *
 * @param filename what the client calls it: to show, never a path
 * @param fields the form's other fields
 */
public record Upload(Path file, long bytes, String filename, Map<String, String> fields) {
  public Upload {
    fields = Map.copyOf(fields);
  }
}
