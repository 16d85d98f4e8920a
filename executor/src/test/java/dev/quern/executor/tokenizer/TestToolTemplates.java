package dev.quern.executor.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quern.executor.engine.JsonValues;
import dev.quern.executor.engine.Message;
import dev.quern.executor.engine.Prompt;
import dev.quern.executor.engine.PromptPart;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Conversations with tools and template arguments; tools.json has what transformers makes of them.
 */
class TestToolTemplates {
  private static final JsonNode GIVEN = Folders.json("jinja/tools.json");
  private static final List<String> TOKENS = List.of("<|im_start|>", "<|im_end|>", "<｜é｜>");

  @TempDir Path folder;

  private ChatTemplate write(String template, List<String> special) throws IOException {
    ObjectNode config = new ObjectMapper().createObjectNode().put("chat_template", template);
    config.put("bos_token", "<s>").put("eos_token", "</s>");
    special.forEach(config.putArray("additional_special_tokens")::add);
    Files.writeString(folder.resolve("tokenizer_config.json"), config.toString());
    return ChatTemplates.open(folder).orElseThrow();
  }

  private static String template(String name) {
    return GIVEN.get("templates").get(name).asText();
  }

  static Stream<String> cases() {
    List<String> names = new ArrayList<>();
    GIVEN.get("cases").fieldNames().forEachRemaining(names::add);
    assertEquals(9, names.size());
    return names.stream();
  }

  private static Prompt.Chat chat(JsonNode one) {
    List<Message> messages = new ArrayList<>();
    for (JsonNode m : one.get("messages")) {
      messages.add(
          new Message(
              m.get("role").asText(),
              List.of(PromptPart.value(m.get("content").asText())),
              list(m.path("tool_calls")),
              text(m, "tool_call_id"),
              text(m, "name"),
              text(m, "reasoning_content")));
    }
    Map<String, Object> arguments = new LinkedHashMap<>();
    one.get("arguments").forEachEntry((name, value) -> arguments.put(name, JsonValues.of(value)));
    return new Prompt.Chat(messages, list(one.get("tools")), arguments);
  }

  private static List<Object> list(JsonNode array) {
    List<Object> list = new ArrayList<>();
    array.forEach(each -> list.add(JsonValues.of(each)));
    return list;
  }

  private static Optional<String> text(JsonNode message, String name) {
    return Optional.ofNullable(message.get(name)).map(JsonNode::asText);
  }

  private static String text(List<PromptPart> parts) {
    return parts.stream().map(PromptPart::text).collect(Collectors.joining());
  }

  private static String untrusted(List<PromptPart> parts) {
    return parts.stream()
        .filter(part -> !part.trusted())
        .map(PromptPart::text)
        .collect(Collectors.joining(" "));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rendersAsTransformersDoes(String name) throws IOException {
    JsonNode one = GIVEN.get("cases").get(name);
    ChatTemplate template = write(template(one.get("template").asText()), TOKENS);
    assertEquals(one.get("text").asText(), text(template.render(chat(one))));
  }

  /** Every string of tools, calls, arguments and messages gets a special token; so do keys. */
  @ParameterizedTest
  @ValueSource(strings = {"ernie", "qwen25", "layouts"})
  void specialTokensInUserGivenStringsAreText(String name) throws IOException {
    ChatTemplate template = write(template(name), TOKENS);
    List<Object> tools =
        List.of(Map.of("function", Map.of("name", "1<|im_end|>", "2<|im_end|>", List.of("<｜É｜>"))));
    List<Object> calls =
        List.of(
            Map.of(
                "function", Map.of("name", "3<|im_end|>", "arguments", Map.of("4<|im_end|>", 1))));
    List<Message> messages =
        List.of(
            new Message(
                "user",
                List.of(PromptPart.literal("<|im_end|>"), PromptPart.value("5<|im_end|>")),
                List.of(),
                Optional.empty(),
                Optional.of("6<|im_end|>"),
                Optional.empty()),
            new Message(
                "assistant",
                List.of(),
                calls,
                Optional.empty(),
                Optional.empty(),
                Optional.of("7<|im_end|>")),
            new Message(
                "tool",
                List.of(PromptPart.value("8<|im_end|>")),
                List.of(),
                Optional.of("9<|im_end|>"),
                Optional.empty(),
                Optional.empty()));
    Map<String, Object> extra = Map.of("extra", Map.of("<|im_start|>", "<|im_start|>"));
    var chat = new Prompt.Chat(messages, tools, extra);
    List<PromptPart> parts = template.render(chat);
    String trusted =
        parts.stream()
            .filter(PromptPart::trusted)
            .map(PromptPart::text)
            .collect(Collectors.joining("\0"));
    assertFalse(trusted.matches("(?s).*[1-9]<\\|im_end\\|>.*"), trusted);
    assertFalse(trusted.contains("<｜É｜>"));
    long inText = Arrays.stream(text(parts).split("[1-9](?=<\\|im_end\\|>)")).count() - 1;
    assertEquals(inText, untrusted(parts).split("<\\|im_end\\|>", -1).length - 1);
    assertTrue(inText >= (name.equals("layouts") ? 8 : 6), text(parts));
    if (name.equals("layouts")) {
      assertTrue(untrusted(parts).endsWith("<|im_start|> <|im_start|>"), untrusted(parts));
    }
  }

  /** JSON writes a token with a quotation mark in another way; the token inside stays text too. */
  @Test
  void aTokenInsideAnEscapedOneIsText() throws IOException {
    ChatTemplate template = write("{{ tools | tojson }}", List.of("\"<a>\"", "<a>"));
    List<PromptPart> parts =
        template.render(new Prompt.Chat(List.of(), List.of("x\"<a>\""), Map.of()));
    assertEquals("[\"x\\\"<a>\\\"\"]", text(parts));
    assertEquals("\\\"<a>\\\"", untrusted(parts));
  }

  @Test
  void aTemplateTellsWhatItReads() throws IOException {
    assertTrue(write(template("qwen25"), TOKENS).readsTools());
    assertTrue(write(template("llama31"), TOKENS).readsTools());
    assertTrue(write(template("ernie"), TOKENS).readsTools());
    for (String other :
        List.of(
            "tools{# {{ tools }} #}{{ 'tools' }}{{ m.tools }}{{ m['tools'] }}",
            "{% set tools = 1 %}{{ dict(tools=1) }}")) {
      assertFalse(write(other, TOKENS).readsTools(), other);
    }
    assertTrue(write(template("ernie"), TOKENS).thinks());
    assertTrue(write("{{ m.content.split('</think>')[-1] }}", TOKENS).thinks());
    assertFalse(write(template("qwen25"), TOKENS).thinks());
  }

  @Test
  void namesThatTheConversationGivesAreRefused() {
    for (String name :
        List.of("messages", "tools", "bos_token", "add_generation_prompt", "tokenize")) {
      var error =
          assertThrows(
              IllegalArgumentException.class,
              () -> new Prompt.Chat(List.of(), List.of(), Map.of(name, "x", "mine", 1)));
      assertTrue(error.getMessage().contains("[" + name + "]"), error.getMessage());
    }
  }

  @Test
  void whatIsNoJsonIsRefused() {
    for (Object value : List.of(new BitSet(), Map.of(1, "x"), List.of(Optional.empty()))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new Prompt.Chat(List.of(), List.of(), Map.of("a", value)));
    }
    Object deep = 1;
    for (int i = 0; i < 300; i++) {
      deep = List.of(deep);
    }
    Object tool = deep;
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Prompt.Chat(List.of(), List.of(tool), Map.of()));
    assertTrue(error.getMessage().contains("tools"), error.getMessage());
  }
}
