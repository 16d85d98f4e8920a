package dev.quern.server.openai;

import java.util.List;
import java.util.Map;

/**
 * Splits the text of a thinking model into its reasoning and its answer while it is generated. The
 * reasoning ends at {@code </think>}; ERNIE's models put the answer into {@code <response>} and
 * {@code </response>} behind it, others write it as it is. The tags, line breaks beside them, and
 * an opening {@code <think>} are left out. Text goes on as soon as it can be no beginning of a tag;
 * what has no end of the reasoning is reasoning. One answer per splitter; not thread-safe.
 */
final class ReasoningSplitter implements AnswerParser {
  private static final String OPEN = "<think>";
  private static final String CLOSE = "</think>";
  private static final String RESPONSE = "<response>";
  private static final String RESPONSE_END = "</response>";
  private static final String LINE_BREAK = "\n";
  private static final String SPACE = " \t\r\n";

  /** How an answer begins. */
  enum Start {
    /** With reasoning, whether or not a tag opens it: the prompt did, or the model never does. */
    REASONING,
    /** With reasoning if {@code <think>} is the first that the model writes. */
    TAGGED,
    /** Without: all is the answer. */
    CONTENT
  }

  private enum State {
    OPENING,
    OPENED,
    REASONING,
    CLOSED,
    RESPONSE_OPENED,
    RESPONSE,
    RESPONSE_CLOSED,
    CONTENT
  }

  private final Start start;
  private final AnswerParts parts = new AnswerParts();
  private final HeldText held = new HeldText();
  private State state;

  ReasoningSplitter(Start start) {
    this.start = start;
    this.state = start == Start.CONTENT ? State.CONTENT : State.OPENING;
  }

  /**
   * How the answer to a prompt begins.
   *
   * @param prompt the text that the model reads, template included; a template opens the reasoning
   *     by ending in {@code <think>}, or forbids it by ending in {@code </think>}
   * @param thinking whether the template knows these tags
   * @param templateArguments a true {@code enable_thinking} or {@code thinking} asks for reasoning
   *     from a template that does not know the tags
   */
  static Start start(String prompt, boolean thinking, Map<String, ?> templateArguments) {
    String end = prompt.stripTrailing();
    if (!thinking && !asked(templateArguments)) {
      return Start.CONTENT;
    }
    if (end.endsWith(OPEN)) {
      return Start.REASONING;
    }
    return end.endsWith(CLOSE) ? Start.CONTENT : Start.TAGGED;
  }

  /** Whether the caller of a template asks for reasoning. */
  static boolean asked(Map<String, ?> templateArguments) {
    return Boolean.TRUE.equals(templateArguments.get("enable_thinking"))
        || Boolean.TRUE.equals(templateArguments.get("thinking"));
  }

  @Override
  public List<AnswerPart> take(String delta) {
    if (state == State.CONTENT) {
      parts.content(delta);
    } else {
      for (int i = 0; i < delta.length(); i++) {
        step(delta.charAt(i));
      }
    }
    return parts.take();
  }

  @Override
  public List<AnswerPart> end() {
    switch (state) {
      case OPENING -> {
        if (start == Start.TAGGED) {
          parts.content(held.take());
        } else {
          parts.reasoning(held.take());
        }
      }
      case OPENED, REASONING -> parts.reasoning(held.take());
      case CLOSED, RESPONSE_OPENED, RESPONSE, RESPONSE_CLOSED, CONTENT ->
          parts.content(held.take());
    }
    return parts.take();
  }

  private void step(char c) {
    switch (state) {
      case OPENING -> opening(c);
      case OPENED -> behindBreaks(c, State.REASONING);
      case REASONING -> {
        if (closedBy(c, CLOSE)) {
          state = State.CLOSED;
        }
      }
      case CLOSED -> closed(c);
      case RESPONSE_OPENED -> behindBreaks(c, State.RESPONSE);
      case RESPONSE -> {
        if (closedBy(c, RESPONSE_END)) {
          state = State.RESPONSE_CLOSED;
        }
      }
      case RESPONSE_CLOSED -> behindBreaks(c, State.CONTENT);
      case CONTENT -> parts.content(String.valueOf(c));
    }
  }

  private void opening(char c) {
    held.add(c);
    switch (held.match(OPEN, SPACE, Integer.MAX_VALUE)) {
      case BEGINNING -> {}
      case TAG -> {
        held.take();
        state = State.OPENED;
      }
      case NONE -> again(start == Start.TAGGED ? State.CONTENT : State.REASONING);
    }
  }

  private void closed(char c) {
    if (held.isEmpty() && c == '\n') {
      return;
    }
    held.add(c);
    switch (held.match(RESPONSE, "", 0)) {
      case BEGINNING -> {}
      case TAG -> {
        held.take();
        state = State.RESPONSE_OPENED;
      }
      case NONE -> again(State.CONTENT);
    }
  }

  private void behindBreaks(char c, State next) {
    if (c != '\n') {
      state = next;
      step(c);
    }
  }

  /** Whether the tag is whole with this character; what cannot belong to it goes on. */
  private boolean closedBy(char c, String tag) {
    held.add(c);
    HeldText.Match match = held.match(tag, LINE_BREAK, 1);
    while (match == HeldText.Match.NONE) {
      String text = held.takeRefuted("", 0);
      if (state == State.REASONING) {
        parts.reasoning(text);
      } else {
        parts.content(text);
      }
      match = held.match(tag, LINE_BREAK, 1);
    }
    if (match == HeldText.Match.TAG) {
      held.take();
      return true;
    }
    return false;
  }

  /** Goes on with what was held in another state. */
  private void again(State next) {
    state = next;
    String text = held.take();
    for (int i = 0; i < text.length(); i++) {
      step(text.charAt(i));
    }
  }
}
