package dev.quern.server.batches;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.LocalEngine;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A batch on the embedded model. */
@Timeout(300)
class EmbeddedBatchTest {
  private static final int LINES = 24;
  private static final String SYSTEM =
      "You sort tickets of a library. ".repeat(20) + "Answer with one word.";

  @TempDir Path folder;

  @Test
  void sharedSystemPromptIsComputedOnce() throws Exception {
    var input = new StringBuilder();
    for (int i = 0; i < LINES; i++) {
      input
          .append("{\"custom_id\":\"t" + i + "\",\"method\":\"POST\",")
          .append("\"url\":\"/v1/chat/completions\",\"body\":{\"max_tokens\":2,\"messages\":[")
          .append("{\"role\":\"system\",\"content\":\"" + SYSTEM + "\"},")
          .append("{\"role\":\"user\",\"content\":\"" + i + " books are late\"}]}}\n");
    }
    try (var engine =
            LocalEngine.open(EngineOptions.parse(Map.of("model", "../executor/embedded-model")));
        var server = BatchServer.start(folder, engine)) {
      int system = engine.countTokens(SYSTEM);
      JsonNode batch = server.awaitStatus(server.batch(input.toString()), "completed");
      List<JsonNode> answers = server.content(batch.path("output_file_id"));
      assertEquals(LINES, answers.size());
      int withoutHead = 0;
      int computed = 0;
      int prompts = 0;
      for (JsonNode answer : answers) {
        JsonNode usage = answer.at("/response/body/usage");
        int cached = usage.at("/prompt_tokens_details/cached_tokens").asInt();
        withoutHead += cached >= system ? 0 : 1;
        computed += usage.path("prompt_tokens").asInt() - cached;
        prompts += usage.path("prompt_tokens").asInt();
      }
      assertTrue(system > 100, "a head worth sharing: " + system);
      assertEquals(1, withoutHead, "lines that computed the system prompt");
      int tails = prompts - LINES * system;
      assertTrue(
          computed <= system + tails, computed + " computed of " + prompts + ", head " + system);
    }
  }
}
