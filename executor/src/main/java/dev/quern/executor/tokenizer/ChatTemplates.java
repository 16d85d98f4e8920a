package dev.quern.executor.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.gguf.GgufFile;
import dev.quern.executor.model.gguf.GgufMetadata;
import dev.quern.executor.tokenizer.jinja.Function;
import dev.quern.executor.tokenizer.jinja.JinjaException;
import dev.quern.executor.tokenizer.jinja.JinjaTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Opens the chat template of a checkpoint folder. */
public final class ChatTemplates {
  private static final List<String> TOKENS =
      List.of(
          "bos_token",
          "eos_token",
          "unk_token",
          "sep_token",
          "pad_token",
          "cls_token",
          "mask_token");

  private ChatTemplates() {}

  /**
   * The template of {@code chat_template.jinja}, else of {@code chat_template.json}, else of {@code
   * tokenizer_config.json} (of several there, the one named default), or that of a GGUF file; empty
   * when there is none. The date that a template may print is that of this call.
   *
   * @throws EngineException naming the file and quoting the construct, when the template is damaged
   *     or uses what is not supported
   */
  public static Optional<ChatTemplate> open(Path folder) {
    if (GgufFile.isNamed(folder)) {
      return open(folder, GgufFile.metadata(folder));
    }
    Path config = folder.resolve("tokenizer_config.json");
    Optional<JsonNode> settings =
        Files.exists(config) ? Optional.of(JsonFile.readObject(config)) : Optional.empty();
    Path jinja = folder.resolve("chat_template.jinja");
    Path json = folder.resolve("chat_template.json");
    Path file = Files.exists(jinja) ? jinja : Files.exists(json) ? json : config;
    Optional<String> source;
    if (file.equals(jinja)) {
      source = Optional.of(readText(jinja));
    } else if (file.equals(json)) {
      source = source(json, JsonFile.readObject(json));
    } else {
      source = settings.flatMap(each -> source(config, each));
    }
    return source.map(text ->
        new CheckpointChatTemplate(
            parse(file, text), variables(settings), SpecialContents.read(folder)));
  }

  /** That of a GGUF file whose metadata is at hand. */
  public static Optional<ChatTemplate> open(Path file, GgufMetadata metadata) {
    return metadata
        .text("tokenizer.chat_template")
        .map(text -> {
          GgufVocabulary vocabulary = GgufVocabulary.read(metadata);
          return new CheckpointChatTemplate(
              parse(file, text),
              variables(Optional.of(vocabulary.named())),
              SpecialContents.withoutText(vocabulary.specialContents()));
        });
  }

  private static String readText(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw JsonFile.corrupt(file, "it cannot be read: " + e, e);
    }
  }

  private static Optional<String> source(Path file, JsonNode settings) {
    JsonNode template = settings.path("chat_template");
    if (template.isMissingNode() || template.isNull()) {
      return Optional.empty();
    }
    if (template.isTextual()) {
      return Optional.of(template.asText());
    }
    List<String> names = new ArrayList<>();
    for (JsonNode each : template) {
      if (each.path("name").asText().equals("default")) {
        return Optional.of(each.path("template").asText());
      }
      names.add(each.path("name").asText());
    }
    throw new EngineException(
        file
            + ": chat_template has no template named default, only "
            + names
            + "; put the one to use into chat_template.jinja");
  }

  private static JinjaTemplate parse(Path file, String source) {
    try {
      return JinjaTemplate.parse(source);
    } catch (JinjaException e) {
      throw new EngineException(
          file
              + ": the chat template cannot be used: "
              + e.getMessage()
              + "; put a simpler template into chat_template.jinja beside it",
          e);
    }
  }

  private static Map<String, Object> variables(Optional<JsonNode> settings) {
    Map<String, Object> variables = new HashMap<>();
    for (String name : TOKENS) {
      JsonNode token = settings.map(each -> each.path(name)).orElseGet(() -> JsonFile.MISSING);
      JsonNode content = token.isTextual() ? token : token.path("content");
      if (content.isTextual()) {
        variables.put(name, content.asText());
      }
    }
    variables.put("add_generation_prompt", true);
    variables.put("tools", null);
    variables.put("documents", null);
    LocalDateTime opened = LocalDateTime.now(java.time.ZoneId.systemDefault());
    Function now = (positional, _) -> TemplateDate.format(opened, positional);
    variables.put("strftime_now", now);
    return variables;
  }
}
