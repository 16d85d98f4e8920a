package dev.quern.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.quern.server.query.Utf8Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code quern score} scores. */
sealed interface ScoreInput {
  record Text(String content) implements ScoreInput {}

  /** Token ids, an array a prompt. */
  record Ids(List<int[]> prompts) implements ScoreInput {}

  /**
   * @throws CommandException (exit code 2) when the file is missing, empty or not UTF-8
   */
  static ScoreInput ofText(Path file) {
    String text = Utf8Files.read(file, "--text");
    if (text.isEmpty()) {
      throw CommandException.badCommand("--text " + file + " is empty: there is nothing to score");
    }
    return new Text(text);
  }

  /**
   * @throws CommandException (exit code 2) when the file is missing or of another form
   */
  static ScoreInput ofIds(Path file) {
    String where = "--ids " + file;
    JsonNode prompts;
    try {
      prompts =
          JsonMapper.builder().build().readTree(Utf8Files.read(file, "--ids")).path("prompts");
    } catch (JsonProcessingException e) {
      throw new CommandException(
          ExitCode.BAD_COMMAND, where + " is no JSON: " + e.getOriginalMessage(), e);
    }
    if (!prompts.isArray() || prompts.isEmpty()) {
      throw CommandException.badCommand(
          where + " must hold {\"prompts\": [[id, ..], ..]} with at least one prompt");
    }
    List<int[]> ids = new ArrayList<>();
    for (JsonNode prompt : prompts) {
      ids.add(ids(prompt, where + ": prompt " + ids.size()));
    }
    return new Ids(ids);
  }

  private static int[] ids(JsonNode prompt, String where) {
    if (!prompt.isArray() || prompt.isEmpty()) {
      throw CommandException.badCommand(where + " must be an array of at least one token id");
    }
    int[] ids = new int[prompt.size()];
    for (int i = 0; i < ids.length; i++) {
      JsonNode id = prompt.get(i);
      if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
        throw CommandException.badCommand(where + ": " + id + " at place " + i + " is no token id");
      }
      ids[i] = id.intValue();
    }
    return ids;
  }
}
