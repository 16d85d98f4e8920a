package dev.quern.server.openai;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An answer's text as parts: the reasoning first, then the calls of tools in what follows. One
 * answer per splitter; not thread-safe.
 *
 * @param tools empty where the request has no tools: tags of calls are content then
 */
record AnswerSplitter(ReasoningSplitter reasoning, Optional<ToolCallParser> tools)
    implements AnswerParser {

  /**
   * A parser for one answer.
   *
   * @param tools whether the request has tools
   */
  static AnswerParser of(ReasoningSplitter.Start start, boolean tools) {
    if (start == ReasoningSplitter.Start.CONTENT && !tools) {
      return AnswerParser.PLAIN;
    }
    return new AnswerSplitter(
        new ReasoningSplitter(start), tools ? Optional.of(new ToolCallParser()) : Optional.empty());
  }

  @Override
  public List<AnswerPart> take(String delta) {
    return calls(reasoning.take(delta));
  }

  @Override
  public List<AnswerPart> end() {
    List<AnswerPart> parts = new ArrayList<>(calls(reasoning.end()));
    tools.ifPresent(parser -> parts.addAll(parser.end()));
    return parts;
  }

  private List<AnswerPart> calls(List<AnswerPart> split) {
    if (tools.isEmpty()) {
      return split;
    }
    List<AnswerPart> parts = new ArrayList<>();
    for (AnswerPart part : split) {
      if (part instanceof AnswerPart.Content(String text)) {
        parts.addAll(tools.get().take(text));
      } else {
        parts.add(part);
      }
    }
    return parts;
  }
}
