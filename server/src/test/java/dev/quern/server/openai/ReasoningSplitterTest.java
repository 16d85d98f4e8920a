package dev.quern.server.openai;

import static dev.quern.server.openai.ReasoningSplitter.Start.CONTENT;
import static dev.quern.server.openai.ReasoningSplitter.Start.REASONING;
import static dev.quern.server.openai.ReasoningSplitter.Start.TAGGED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quern.server.openai.ReasoningSplitter.Start;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReasoningSplitterTest {
  private static void check(Start start, String text, String expected) {
    assertEquals(expected, Splits.everyWay(() -> new ReasoningSplitter(start), text));
  }

  @Test
  void ernieWritesItsReasoningWithoutAnOpeningTagAndThenAResponse() {
    check(
        REASONING,
        "They greet me.\n\nI greet.\n</think>\n\n<response>\nHello 😀\n\nyou\n</response>\n",
        "R{They greet me.\n\nI greet.}C{Hello 😀\n\nyou}");
    check(REASONING, "hm</think><response>yes</response>", "R{hm}C{yes}");
  }

  @Test
  void othersWriteTheAnswerAsItIs() {
    check(REASONING, "hm\n</think>\n\n  code\n", "R{hm}C{  code\n}");
    check(TAGGED, "<think>\nhm\n\n</think>\n\nyes", "R{hm\n}C{yes}");
    check(TAGGED, "\n <think>hm</think>yes", "R{hm}C{yes}");
    check(REASONING, "<think>\nhm</think>yes", "R{hm}C{yes}");
  }

  @Test
  void emptyReasoningGivesNone() {
    check(TAGGED, "<think>\n\n</think>\n\nyes", "C{yes}");
    check(REASONING, "</think>yes", "C{yes}");
  }

  @Test
  void withoutAnEndAllIsReasoning() {
    check(REASONING, "I think, </thin and < </thinker", "R{I think, </thin and < </thinker}");
    check(REASONING, "cut \n</thi", "R{cut \n</thi}");
    check(REASONING, " <thi", "R{ <thi}");
    check(TAGGED, "<think>cut", "R{cut}");
  }

  @Test
  void withoutAnOpeningTagATaggedAnswerIsContent() {
    check(TAGGED, " <thought>a</think>b", "C{ <thought>a</think>b}");
    check(TAGGED, "<thin", "C{<thin}");
    check(CONTENT, "\n<think>a</think>", "C{\n<think>a</think>}");
  }

  @Test
  void onlyTheFirstTagsCount() {
    check(REASONING, "a</think>b</think><think><response>c", "R{a}C{b</think><think><response>c}");
    check(
        REASONING,
        "a<response></response></think>\n<response>\nb<response>c</respons>\n</response>\n\nd<response>",
        "R{a<response></response>}C{b<response>c</respons>d<response>}");
  }

  @Test
  void aResponseMayEndWithoutItsTag() {
    check(REASONING, "a</think><response>b\n</resp", "R{a}C{b\n</resp}");
    check(REASONING, "a</think>\n<respons", "R{a}C{<respons}");
    check(REASONING, "a</think>\n\n", "R{a}");
  }

  @Test
  void textGoesOnAsSoonAsItIsSure() {
    var splitter = new ReasoningSplitter(REASONING);
    assertEquals(List.of(new AnswerPart.Reasoning("Let")), splitter.take("Let"));
    assertEquals(List.of(), splitter.take("\n</"));
    assertEquals(List.of(new AnswerPart.Reasoning("\n</b> x")), splitter.take("b> x"));
    assertEquals(
        List.of(new AnswerPart.Reasoning("!"), new AnswerPart.Content("A")),
        splitter.take("!\n</think>\nA"));
    assertEquals(List.of(new AnswerPart.Content("<")), splitter.take("<"));
  }

  @Test
  void thePromptsEndTellsHowTheAnswerBegins() {
    Map<String, Object> none = Map.of();
    assertEquals(REASONING, ReasoningSplitter.start("assistant\n<think>\n", true, none));
    assertEquals(
        CONTENT, ReasoningSplitter.start("assistant\n<think>\n\n</think>\n\n", true, none));
    assertEquals(TAGGED, ReasoningSplitter.start("<think>a</think>assistant\n", true, none));
    assertEquals(CONTENT, ReasoningSplitter.start("User: <think>\n", false, none));
    for (String name : List.of("enable_thinking", "thinking")) {
      assertEquals(TAGGED, ReasoningSplitter.start("Bot: ", false, Map.of(name, true)));
      assertEquals(CONTENT, ReasoningSplitter.start("Bot: ", false, Map.of(name, false)));
    }
  }
}
