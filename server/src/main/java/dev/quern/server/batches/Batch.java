package dev.quern.server.batches;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A batch as it stands.
 *
 * @param owner of {@link dev.quern.server.http.Caller}
 * @param given what the caller gave: endpoint, input_file_id, completion_window, metadata
 * @param since seconds since 1970 at which it came to each status that it has had
 * @param expires seconds since 1970 after which lines without an answer are given up
 * @param errors why it failed; empty unless it did
 * @param counts of lines; total is 0 until the file has been checked
 * @param outputs ids that its files of answers and errors have or will have
 */
record Batch(
    String id,
    String owner,
    ObjectNode given,
    BatchStatus status,
    Map<BatchStatus, Long> since,
    long expires,
    List<LineError> errors,
    Counts counts,
    Outputs outputs) {

  /** Lines; each of {@code completed} and {@code failed} has its answer on disk. */
  record Counts(int total, int completed, int failed) {
    static final Counts NONE = new Counts(0, 0, 0);
  }

  /**
   * Names of the files that a batch writes.
   *
   * @param answersShown whether the caller may see that of answers: once it is whole and not empty
   */
  record Outputs(String answers, String errors, boolean answersShown, boolean errorsShown) {}

  Batch {
    since = new EnumMap<>(since);
    errors = List.copyOf(errors);
  }

  Batch with(BatchStatus next, long now) {
    var times = new EnumMap<>(since);
    times.putIfAbsent(next, now);
    return new Batch(id, owner, given, next, times, expires, errors, counts, outputs);
  }

  Batch with(Counts other) {
    return new Batch(id, owner, given, status, since, expires, errors, other, outputs);
  }

  Batch with(List<LineError> found) {
    return new Batch(id, owner, given, status, since, expires, found, counts, outputs);
  }

  Batch with(Outputs other) {
    return new Batch(id, owner, given, status, since, expires, errors, counts, other);
  }

  String endpoint() {
    return given.path("endpoint").asText();
  }

  String inputFile() {
    return given.path("input_file_id").asText();
  }

  /** OpenAI's batch object. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("id", id).put("object", "batch");
    json.setAll(given);
    if (errors.isEmpty()) {
      json.putNull("errors");
    } else {
      var data = json.putObject("errors").put("object", "list").putArray("data");
      errors.forEach(e -> data.add(e.json()));
    }
    json.put("status", status.label())
        .put("output_file_id", outputs.answersShown() ? outputs.answers() : null)
        .put("error_file_id", outputs.errorsShown() ? outputs.errors() : null)
        .put("created_at", since.get(BatchStatus.VALIDATING))
        .put("expires_at", expires);
    for (BatchStatus s : BatchStatus.values()) {
      if (s != BatchStatus.VALIDATING) {
        json.put(s.label() + "_at", since.get(s));
      }
    }
    json.putObject("request_counts")
        .put("total", counts.total())
        .put("completed", counts.completed())
        .put("failed", counts.failed());
    return json;
  }

  /** What stands on disk: the object, its owner and the names of its files. */
  ObjectNode record() {
    ObjectNode json = json().put("owner", owner);
    json.putObject("files").put("answers", outputs.answers()).put("errors", outputs.errors());
    return json;
  }

  static Batch of(JsonNode record) {
    ObjectNode given = JsonNodeFactory.instance.objectNode();
    for (String name : List.of("endpoint", "input_file_id", "completion_window", "metadata")) {
      given.set(name, record.path(name));
    }
    var since = new EnumMap<BatchStatus, Long>(BatchStatus.class);
    for (BatchStatus s : BatchStatus.values()) {
      String name = s == BatchStatus.VALIDATING ? "created_at" : s.label() + "_at";
      if (record.path(name).isNumber()) {
        since.put(s, record.path(name).longValue());
      }
    }
    List<LineError> errors = new ArrayList<>();
    record.path("errors").path("data").forEach(e -> errors.add(LineError.of(e)));
    JsonNode counts = record.path("request_counts");
    return new Batch(
        record.path("id").asText(),
        record.path("owner").asText(),
        given,
        BatchStatus.of(record.path("status").asText()),
        since,
        record.path("expires_at").asLong(),
        errors,
        new Counts(
            counts.path("total").asInt(),
            counts.path("completed").asInt(),
            counts.path("failed").asInt()),
        new Outputs(
            record.path("files").path("answers").asText(),
            record.path("files").path("errors").asText(),
            record.path("output_file_id").isTextual(),
            record.path("error_file_id").isTextual()));
  }
}
