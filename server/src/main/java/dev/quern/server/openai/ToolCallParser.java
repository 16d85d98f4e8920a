package dev.quern.server.openai;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Finds the calls of tools in an answer while it is generated: any number of {@code <tool_call>},
 * an object with name and arguments, {@code </tool_call>}, as ERNIE and others write them. A call
 * starts with its name when the first character of its arguments is there, and its arguments go on
 * as they come. What is no call stays content, tags and all; where a call that has started turns
 * out to be no JSON, the rest of it is content. Line breaks beside calls are left out. One answer
 * per parser; not thread-safe.
 */
final class ToolCallParser implements AnswerParser {
  private static final String OPEN = "<tool_call>";
  private static final String CLOSE = "</tool_call>";
  private static final String LINE_BREAK = "\n";
  private static final String SPACE = " \t\r\n";

  private final Supplier<String> ids;
  private final AnswerParts parts = new AnswerParts();
  private final HeldText held = new HeldText();
  private Optional<Call> call = Optional.empty();
  private int calls;
  private boolean behindCall;
  private String half = "";

  /** A call that is being read. */
  private static final class Call {
    final ToolCallObject object = new ToolCallObject();

    /** The opening tag as it was, and all behind it that is not yet part of a started call. */
    final StringBuilder raw = new StringBuilder();

    final int opening;
    boolean started;

    Call(String opening) {
      this.opening = opening.length();
      raw.append(opening);
    }
  }

  /** Gives ids from this supplier to the calls. */
  ToolCallParser(Supplier<String> ids) {
    this.ids = ids;
  }

  /** Gives random ids in OpenAI's form. */
  ToolCallParser() {
    this(() -> "call_" + UUID.randomUUID().toString().replace("-", "").substring(0, 24));
  }

  @Override
  public List<AnswerPart> take(String delta) {
    String text = half + delta;
    int end = text.length();
    // Half a character waits for the other one.
    if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
      end--;
    }
    half = text.substring(end);
    steps(text.substring(0, end));
    return parts.take();
  }

  @Override
  public List<AnswerPart> end() {
    steps(half);
    half = "";
    if (call.isEmpty()) {
      if (!behindCall || !held.isBlank()) {
        parts.content(held.take());
      }
    } else if (!call.get().started) {
      parts.content(call.get().raw);
    }
    return parts.take();
  }

  private void steps(String text) {
    text.codePoints().forEach(this::step);
  }

  private void step(int c) {
    if (call.isEmpty()) {
      content(c);
    } else if (call.get().object.isClosed()) {
      closing(c);
    } else {
      inside(call.get(), c);
    }
  }

  private void content(int c) {
    held.add(c);
    HeldText.Match match = held.match(OPEN, LINE_BREAK, Integer.MAX_VALUE);
    while (match == HeldText.Match.NONE) {
      parts.content(held.takeRefuted(LINE_BREAK, Integer.MAX_VALUE));
      behindCall = false;
      match = held.match(OPEN, LINE_BREAK, Integer.MAX_VALUE);
    }
    if (match == HeldText.Match.TAG) {
      call = Optional.of(new Call(held.take()));
    }
  }

  private void inside(Call read, int c) {
    read.raw.appendCodePoint(c);
    if (!read.object.take(c)) {
      call = Optional.empty();
      behindCall = false;
      String raw = read.raw.toString();
      // Behind the tag another call may begin.
      int opening = read.started ? 0 : read.opening;
      parts.content(raw.substring(0, opening));
      steps(raw.substring(opening));
      return;
    }
    boolean ready = read.object.hasArguments() && read.object.name().isPresent();
    if (!read.started && (ready || read.object.isClosed())) {
      read.started = true;
      parts.start(calls++, ids.get(), read.object.name().orElseThrow());
      if (!read.object.hasArguments()) {
        parts.arguments(calls - 1, "{}");
      }
    }
    if (read.started && read.object.hasArguments()) {
      parts.arguments(calls - 1, read.object.takeArguments());
      read.raw.setLength(0);
    }
  }

  /** Behind the object: the closing tag, or what follows where the model left it out. */
  private void closing(int c) {
    held.add(c);
    switch (held.match(CLOSE, SPACE, Integer.MAX_VALUE)) {
      case BEGINNING -> {}
      case TAG -> {
        held.take();
        call = Optional.empty();
        behindCall = true;
      }
      case NONE -> {
        call = Optional.empty();
        behindCall = true;
        steps(held.take());
      }
    }
  }
}
