package dev.quern.server.batches;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Reads a batch's file whole before a line of it runs.
 *
 * @param lines requests
 * @param errors the first of what is wrong; empty where the batch can run
 */
record InputCheck(int lines, List<LineError> errors) {
  /** Errors that are told: enough to see a pattern. */
  private static final int MOST_ERRORS = 100;

  /**
   * @param givenUp asked between lines: true ends the check early
   */
  static InputCheck of(Path file, String endpoint, BatchLimits limits, BooleanSupplier givenUp)
      throws IOException {
    List<LineError> errors = new ArrayList<>();
    var customIds = new CustomIds();
    int lines = 0;
    try (var source = new LineSource(file, limits.lineBytes())) {
      for (var line = source.next(); line != null; line = source.next()) {
        lines++;
        if (givenUp.getAsBoolean() || errors.size() >= MOST_ERRORS) {
          break;
        }
        if (lines > limits.lines()) {
          String message = "The file has more than " + limits.lines() + " lines, the most.";
          errors.add(new LineError("too_many_tasks", message, null, line.number()));
          break;
        }
        try {
          RequestLine request = RequestLine.read(line, endpoint);
          if (!customIds.add(request.customId())) {
            String message = "'custom_id' is that of an earlier line: " + request.customId();
            errors.add(new LineError("duplicate_custom_id", message, "custom_id", line.number()));
          }
        } catch (RequestLine.Refused e) {
          errors.add(e.error());
        }
      }
    }
    if (lines == 0) {
      errors.add(new LineError("empty_file", "The file holds no request.", null, 0));
    }
    return new InputCheck(lines, List.copyOf(errors));
  }
}
