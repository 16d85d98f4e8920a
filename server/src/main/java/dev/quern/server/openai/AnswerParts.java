package dev.quern.server.openai;

import java.util.ArrayList;
import java.util.List;

/** Collects parts; text of one kind that is added in a row becomes one part. */
final class AnswerParts {
  private final List<AnswerPart> parts = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();
  private Kind kind = Kind.CONTENT;
  private int index;

  private enum Kind {
    REASONING,
    CONTENT,
    ARGUMENTS
  }

  void reasoning(CharSequence more) {
    add(Kind.REASONING, 0, more);
  }

  void content(CharSequence more) {
    add(Kind.CONTENT, 0, more);
  }

  void arguments(int call, CharSequence more) {
    add(Kind.ARGUMENTS, call, more);
  }

  void start(int call, String id, String name) {
    flush();
    parts.add(new AnswerPart.ToolCallStart(call, id, name));
  }

  private void add(Kind next, int call, CharSequence more) {
    if (next != kind || call != index) {
      flush();
      kind = next;
      index = call;
    }
    text.append(more);
  }

  private void flush() {
    if (!text.isEmpty()) {
      String whole = text.toString();
      parts.add(
          switch (kind) {
            case REASONING -> new AnswerPart.Reasoning(whole);
            case CONTENT -> new AnswerPart.Content(whole);
            case ARGUMENTS -> new AnswerPart.ToolCallArguments(index, whole);
          });
      text.setLength(0);
    }
  }

  /** What was added since the last call. */
  List<AnswerPart> take() {
    flush();
    List<AnswerPart> taken = List.copyOf(parts);
    parts.clear();
    return taken;
  }
}
