package dev.quern.server.openai;

import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptRow;
import dev.quern.server.http.ApiException;
import dev.quern.server.http.JsonFields;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Several answers to one prompt: rows that differ in their seed and share the prompt's blocks. */
final class Choices {
  /** Most choices of a prompt, as in OpenAI's protocol. */
  private static final int MOST = 128;

  private Choices() {}

  static int read(JsonFields fields) throws ApiException {
    return (int) fields.whole("n", 1, 1, MOST);
  }

  /** The first choice has the request's own seed: n does not change it. */
  static List<PromptRow> rows(Prompt prompt, GenerateOptions options, int n, int priority) {
    List<PromptRow> rows = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      var seed = i == 0 ? options.seed() : OptionalLong.of(options.seed().orElse(0) + i);
      rows.add(new PromptRow(prompt, options.withSeed(seed), priority));
    }
    return rows;
  }
}
