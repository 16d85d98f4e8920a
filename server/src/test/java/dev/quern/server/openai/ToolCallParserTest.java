package dev.quern.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.server.openai.ReasoningSplitter.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToolCallParserTest {
  private static Supplier<String> ids() {
    AtomicInteger next = new AtomicInteger();
    return () -> "id" + next.getAndIncrement();
  }

  private static void check(String text, String expected) {
    assertEquals(expected, Splits.everyWay(() -> new ToolCallParser(ids()), text));
  }

  @Test
  void aCallHasItsNameFirstAndItsArgumentsAsTheyWereWritten() {
    check(
        "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"location\": \"北京 😀\",  \"n\": [1, {\"a\": \"}\\\"\"}]}}\n</tool_call>\n",
        "[0 get_weather id0]A{{\"location\": \"北京 😀\",  \"n\": [1, {\"a\": \"}\\\"\"}]}}");
  }

  @Test
  void severalCallsInARowBehindContent() {
    check(
        "I look.\n\n\n<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_call>\n<tool_call>{\"name\":\"g\",\"arguments\":{\"x\":-1.5e3}}</tool_call>\nDone\n",
        "C{I look.}[0 f id0]A{{}}[1 g id1]A{{\"x\":-1.5e3}}C{\nDone\n}");
  }

  @Test
  void argumentsInOtherShapes() {
    String call = "<tool_call>\n%s\n</tool_call>";
    check(call.formatted("{\"name\": \"f\"}"), "[0 f id0]A{{}}");
    check(call.formatted("{\"name\": \"f\", \"arguments\": null}"), "[0 f id0]A{{}}");
    check(
        call.formatted("{\"name\": \"f\", \"arguments\": \"{\\\"x\\\": \\\"\\u00e9\\\"}\"}"),
        "[0 f id0]A{{\"x\": \"é\"}}");
    check(
        call.formatted("{\"id\": 7, \"arguments\": {\"name\": \"no\"}, \"name\": \"f\"}"),
        "[0 f id0]A{{\"name\": \"no\"}}");
    check(
        call.formatted("{\"name\": \"f😀\", \"arguments\": {\"x\": 1}, \"more\": [true]}"),
        "[0 f😀 id0]A{{\"x\": 1}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a < b\n<tool>\n<tool_calls",
        "\n\n",
        "<tool_call>",
        "x\n<tool_call>\nget_weather\n</tool_call>\n",
        "<tool_call>\n{'name': 'f'}\n</tool_call>",
        "<tool_call>\n[{\"name\": \"f\"}]\n</tool_call>",
        "<tool_call>\n{\"arguments\": {}}\n</tool_call>",
        "<tool_call>\n{\"name\": \" \", \"arguments\": {}}\n</tool_call>",
        "<tool_call>\n{\"name\": 5, \"arguments\": {}}\n</tool_call>",
        "<tool_call>\n{\"name\": {}, \"arguments\": {}}\n</tool_call>",
        "<tool_call>\n{\"name\": \"f\", \"arguments\": [1]}\n</tool_call>",
        "<tool_call>\n{\"name\": \"f\", \"arguments\": 1}\n</tool_call>",
        "<tool_call>\n{\"name\": \"f\", \"arguments\": \"x\"}\n</tool_call>",
        "<tool_call>\n{\"name\": \"f\", \"name\": \"g\"}\n</tool_call>",
        "<tool_call>\n{\"name\": \"f\", \"argum",
        "<tool_call>\n{\"name\": \"\n\"}</tool_call>"
      })
  void whatIsNoCallStaysContent(String text) {
    check(text, "C{" + text + "}");
  }

  @Test
  void aCallMayBeginInsideWhatIsNone() {
    check(
        "<tool_call> use <tool_call>{\"name\": \"f\"}</tool_call>",
        "C{<tool_call> use }[0 f id0]A{{}}");
    check("<tool<tool_call>{\"name\": \"f\"}</tool_call>", "C{<tool}[0 f id0]A{{}}");
  }

  @Test
  void whatBreaksAStartedCallIsContent() {
    check(
        "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": 1, y}}\n</tool_call>",
        "[0 f id0]A{{\"x\": 1, }C{y}}\n</tool_call>}");
    check(
        "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": 1} oops}\n</tool_call>",
        "[0 f id0]A{{\"x\": 1}}C{ oops}\n</tool_call>}");
  }

  @Test
  void anAnswerMayEndInsideACall() {
    check("<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": \"a", "[0 f id0]A{{\"x\": \"a}");
    check("<tool_call>\n{\"name\": \"f\", \"arguments\": {}}\n</tool_c", "[0 f id0]A{{}}");
    check(
        "<tool_call>\n{\"name\": \"f\"}\n<tool_call>\n{\"name\": \"g\"}",
        "[0 f id0]A{{}}[1 g id1]A{{}}");
    check("<tool_call>{\"name\": \"f\"} and", "[0 f id0]A{{}}C{ and}");
  }

  @Test
  void argumentsGoOnAsTheyCome() {
    var parser = new ToolCallParser(ids());
    assertEquals(List.of(new AnswerPart.Content("Hm.")), parser.take("Hm.\n<tool_"));
    assertEquals(List.of(), parser.take("call>\n{\"name\": \"f\", \"arguments\": "));
    assertEquals(
        List.of(
            new AnswerPart.ToolCallStart(0, "id0", "f"),
            new AnswerPart.ToolCallArguments(0, "{\"x")),
        parser.take("{\"x"));
    assertEquals(List.of(new AnswerPart.ToolCallArguments(0, "\": 1")), parser.take("\": 1"));
    assertEquals(
        List.of(new AnswerPart.ToolCallArguments(0, "}")), parser.take("}}\n</tool_call>"));
    assertEquals(List.of(), parser.end());
  }

  @Test
  void randomTextsLoseNothing() {
    List<String> pieces =
        List.of("<tool_call>", "</tool_call>", "<tool", "\n", " ", "{", "}", "x", "\"", "<", ":");
    var random = new Random(11);
    for (int round = 0; round < 300; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 12; i++) {
        text.append(pieces.get(random.nextInt(pieces.size())));
      }
      // No piece makes a name, so nothing here is a call.
      check(text.toString(), "C{" + text + "}");
    }
  }

  @Test
  void callsFollowErniesReasoning() {
    String text =
        "I need the weather.\n</think>\n\n\n<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": 1}}\n</tool_call>\n<tool_call>\n{\"name\": \"g\", \"arguments\": {}}\n</tool_call>\n";
    assertEquals(
        "R{I need the weather.}[0 f id0]A{{\"x\": 1}}[1 g id1]A{{}}",
        Splits.everyWay(
            () ->
                new AnswerSplitter(
                    new ReasoningSplitter(Start.REASONING), Optional.of(new ToolCallParser(ids()))),
            text));
    assertTrue(
        Splits.joined(AnswerSplitter.of(Start.REASONING, false), List.of(text))
            .startsWith("R{I need the weather.}C{<tool_call>"));
    assertEquals(AnswerParser.PLAIN, AnswerSplitter.of(Start.CONTENT, false));
  }

  @Test
  void idsAreUniqueAndInOpenAisForm() {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      for (AnswerPart part : new ToolCallParser().take("<tool_call>{\"name\": \"f\"}")) {
        if (part instanceof AnswerPart.ToolCallStart(int _, String id, String _)) {
          ids.add(id);
        }
      }
    }
    assertEquals(2, ids.size());
    assertNotEquals(ids.get(0), ids.get(1));
    ids.forEach(id -> assertTrue(id.matches("call_[0-9a-f]{24}"), id));
  }
}
