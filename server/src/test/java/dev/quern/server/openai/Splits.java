package dev.quern.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Feeds a parser a text in deltas of all kinds. What it gives, joined, is one line of text. */
final class Splits {
  private Splits() {}

  /** The joined parts, the same whole, char by char, cut at every place, and cut at random. */
  static String everyWay(Supplier<? extends AnswerParser> parser, String text) {
    String whole = joined(parser.get(), List.of(text));
    assertEquals(whole, joined(parser.get(), List.of(text.split(""))), "char by char: " + text);
    for (int cut = 0; cut <= text.length(); cut++) {
      var deltas = List.of(text.substring(0, cut), text.substring(cut));
      assertEquals(whole, joined(parser.get(), deltas), "cut at " + cut + ": " + text);
    }
    var random = new Random(5);
    for (int round = 0; round < 20; round++) {
      List<String> deltas = new ArrayList<>();
      for (int at = 0; at < text.length(); ) {
        int end = Math.min(text.length(), at + random.nextInt(12));
        deltas.add(text.substring(at, end));
        at = end;
      }
      assertEquals(whole, joined(parser.get(), deltas), deltas.toString());
    }
    return whole;
  }

  /** R{..} reasoning, C{..} content, [index name id] a call, A{..} its arguments. */
  static String joined(AnswerParser parser, List<String> deltas) {
    StringBuilder out = new StringBuilder();
    String open = "";
    for (int i = 0; i <= deltas.size(); i++) {
      for (AnswerPart part : i < deltas.size() ? parser.take(deltas.get(i)) : parser.end()) {
        open = append(out, open, part);
      }
    }
    return out + (open.isEmpty() ? "" : "}");
  }

  private static String append(StringBuilder out, String open, AnswerPart part) {
    String kind =
        switch (part) {
          case AnswerPart.Reasoning _ -> "R{";
          case AnswerPart.Content _ -> "C{";
          case AnswerPart.ToolCallArguments _ -> "A{";
          case AnswerPart.ToolCallStart _ -> "";
        };
    if (!kind.equals(open)) {
      out.append(open.isEmpty() ? "" : "}").append(kind);
    }
    out.append(
        switch (part) {
          case AnswerPart.Reasoning(String text) -> text;
          case AnswerPart.Content(String text) -> text;
          case AnswerPart.ToolCallArguments(int _, String text) -> text;
          case AnswerPart.ToolCallStart(int index, String id, String name) ->
              "[" + index + " " + name + " " + id + "]";
        });
    return kind;
  }
}
