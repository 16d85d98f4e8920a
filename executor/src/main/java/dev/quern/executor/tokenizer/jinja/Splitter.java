package dev.quern.executor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into text and tags with the settings that chat templates are written for: the
 * first newline after a statement or comment and the blanks before it on its line are dropped
 * (trim_blocks, lstrip_blocks), and so is one newline at the end of the template.
 */
final class Splitter {
  private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%\\}");

  private final String source;
  private final List<Chunk> chunks = new ArrayList<>();
  private int position;

  /** Set after a tag ending in "-": the text that follows loses its leading white space. */
  private boolean stripNext;

  /** Set after a statement or comment: the text that follows loses a newline at its start. */
  private boolean trimNext;

  private boolean lineStart = true;

  private Splitter(String source) {
    String unix = source.replace("\r\n", "\n").replace('\r', '\n');
    this.source = unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix;
  }

  static List<Chunk> split(String source) {
    Splitter splitter = new Splitter(source);
    splitter.run();
    return splitter.chunks;
  }

  private void run() {
    while (position < source.length()) {
      int tag = nextTag(position);
      if (tag < 0) {
        text(source.substring(position), ' ', false);
        return;
      }
      char kind = source.charAt(tag + 1);
      char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
      text(source.substring(position, tag), sign, kind != '{');
      int start = tag + 2 + (sign == '-' || sign == '+' ? 1 : 0);
      switch (kind) {
        case '#' -> comment(tag, start);
        case '%' -> statement(tag, start);
        default -> output(tag, start);
      }
    }
  }

  private int nextTag(int from) {
    for (int i = source.indexOf('{', from);
        i >= 0 && i + 1 < source.length();
        i = source.indexOf('{', i + 1)) {
      char next = source.charAt(i + 1);
      if (next == '{' || next == '%' || next == '#') {
        return i;
      }
    }
    return -1;
  }

  private void text(String raw, char sign, boolean blockFollows) {
    String text = raw;
    if (stripNext) {
      text = text.stripLeading();
    } else if (trimNext && text.startsWith("\n")) {
      text = text.substring(1);
      lineStart = true;
    }
    boolean startsLine = lineStart && !stripNext;
    if (sign == '-') {
      text = text.stripTrailing();
    } else if (blockFollows && sign != '+') {
      int line = text.lastIndexOf('\n') + 1;
      if ((line > 0 || startsLine) && text.substring(line).isBlank()) {
        text = text.substring(0, line);
      }
    }
    if (!text.isEmpty()) {
      chunks.add(new Chunk.Text(text));
    }
    stripNext = false;
    trimNext = false;
    lineStart = false;
  }

  /** Notes how a tag ended and what that does to the text behind it. */
  private void closed(char sign, boolean block) {
    stripNext = sign == '-';
    trimNext = block && sign != '+';
  }

  private void comment(int tag, int start) {
    int end = source.indexOf("#}", start);
    if (end < 0) {
      throw unclosed(tag);
    }
    position = end + 2;
    closed(end > start ? source.charAt(end - 1) : ' ', true);
  }

  private void output(int tag, int start) {
    Scanner scanner = new Scanner(source, start, "}}");
    List<Token> tokens = scanner.scan(() -> unclosed(tag));
    position = scanner.end();
    chunks.add(new Chunk.Output(tokens, source.substring(tag, position)));
    closed(scanner.closingSign(), false);
  }

  private void statement(int tag, int start) {
    Scanner scanner = new Scanner(source, start, "%}");
    List<Token> tokens = scanner.scan(() -> unclosed(tag));
    position = scanner.end();
    String statement = source.substring(tag, position);
    if (tokens.size() == 1 && tokens.get(0).is(Token.Kind.NAME, "raw")) {
      raw(tag, scanner.closingSign());
      return;
    }
    chunks.add(new Chunk.Statement(tokens, statement));
    closed(scanner.closingSign(), true);
  }

  private void raw(int tag, char openingSign) {
    Matcher end = RAW_END.matcher(source);
    if (!end.find(position)) {
      throw unclosed(tag);
    }
    String sign = end.group(1);
    closed(openingSign, true);
    text(source.substring(position, end.start()), sign.isEmpty() ? ' ' : sign.charAt(0), true);
    position = end.end();
    closed(end.group(2).isEmpty() ? ' ' : end.group(2).charAt(0), true);
  }

  private JinjaException unclosed(int tag) {
    String rest = source.substring(tag, Math.min(source.length(), tag + 40));
    return JinjaException.of("the tag is not closed: " + rest);
  }
}
