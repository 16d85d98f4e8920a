package dev.quern.server.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.quern.sql.run.QueryStatistics;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Writes what a job cost, as the command line's contract has it. */
public final class StatsFile {
  private StatsFile() {}

  /** One JSON object and a line end. */
  public static String json(QueryStatistics statistics) throws IOException {
    var text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("rows", statistics.rows());
      json.writeNumberField("distinct_prompts", statistics.distinctPrompts());
      json.writeNumberField("engine_calls", statistics.engineCalls());
      json.writeNumberField("prompt_tokens", statistics.promptTokens());
      json.writeNumberField("cached_prompt_tokens", statistics.cachedPromptTokens());
      json.writeNumberField("computed_prompt_tokens", statistics.computedPromptTokens());
      json.writeNumberField("recomputed_prompt_tokens", statistics.recomputedPromptTokens());
      json.writeNumberField("completion_tokens", statistics.completionTokens());
      json.writeNumberField("seconds", statistics.seconds());
      json.writeNumberField("rows_per_second", statistics.rowsPerSecond());
      json.writeNumberField("load_seconds", statistics.loadSeconds());
      json.writeNumberField("peak_memory_bytes", statistics.peakMemoryBytes());
      json.writeEndObject();
    }
    return text + "\n";
  }

  /** Writes the file, whole or not at all. */
  public static void write(Path file, QueryStatistics statistics) throws IOException {
    try (var output = OutputFile.create(file, "--stats")) {
      output.stream().write(json(statistics).getBytes(StandardCharsets.UTF_8));
      output.commit();
    }
  }
}
