package dev.quern.executor.tokenizer.jinja;

import dev.quern.executor.tokenizer.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Reads the tokens of one tag up to its closing mark. */
final class Scanner {
  private static final List<String> TWO = List.of("**", "//", "==", "!=", "<=", ">=");
  private static final String ONE = "+-*/%~<>=.,:|()[]{}";

  private final String source;
  private final String closing;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int depth;
  private char closingSign = ' ';

  Scanner(String source, int position, String closing) {
    this.source = source;
    this.position = position;
    this.closing = closing;
  }

  /** The tokens; the position is behind the closing mark then. */
  List<Token> scan(Supplier<JinjaException> unclosed) {
    while (true) {
      while (position < source.length() && Character.isWhitespace(source.charAt(position))) {
        position++;
      }
      if (position >= source.length()) {
        throw unclosed.get();
      }
      if (depth == 0 && closes()) {
        return tokens;
      }
      char c = source.charAt(position);
      if (c == '"' || c == '\'') {
        string(c, unclosed);
      } else if (Character.isDigit(c)) {
        number();
      } else if (Character.isLetter(c) || c == '_') {
        int start = position;
        while (position < source.length()
            && (Character.isLetterOrDigit(source.charAt(position))
                || source.charAt(position) == '_')) {
          position++;
        }
        tokens.add(new Token(Kind.NAME, source.substring(start, position)));
      } else {
        operator(c);
      }
    }
  }

  int end() {
    return position;
  }

  /** The sign before the closing mark, or a space. */
  char closingSign() {
    return closingSign;
  }

  private boolean closes() {
    char c = source.charAt(position);
    int at = c == '-' || c == '+' ? position + 1 : position;
    if (!source.startsWith(closing, at)) {
      return false;
    }
    closingSign = at > position ? c : ' ';
    position = at + closing.length();
    return true;
  }

  private void operator(char c) {
    for (String two : TWO) {
      if (source.startsWith(two, position)) {
        tokens.add(new Token(Kind.OPERATOR, two));
        position += 2;
        return;
      }
    }
    if (ONE.indexOf(c) < 0) {
      throw JinjaException.of("unexpected character '" + c + "' in the template");
    }
    depth += "([{".indexOf(c) >= 0 ? 1 : ")]}".indexOf(c) >= 0 ? -1 : 0;
    tokens.add(new Token(Kind.OPERATOR, String.valueOf(c)));
    position++;
  }

  private void number() {
    int start = position;
    boolean real = false;
    while (position < source.length()) {
      char c = source.charAt(position);
      if (c == '.'
          && !real
          && position + 1 < source.length()
          && Character.isDigit(source.charAt(position + 1))) {
        real = true;
      } else if (!Character.isDigit(c) && c != '_') {
        break;
      }
      position++;
    }
    String digits = source.substring(start, position).replace("_", "");
    tokens.add(new Token(real ? Kind.FLOAT : Kind.INTEGER, digits));
  }

  private void string(char quote, Supplier<JinjaException> unclosed) {
    StringBuilder value = new StringBuilder();
    position++;
    while (position < source.length() && source.charAt(position) != quote) {
      char c = source.charAt(position++);
      if (c == '\\' && position < source.length()) {
        escape(value);
      } else {
        value.append(c);
      }
    }
    if (position >= source.length()) {
      throw unclosed.get();
    }
    position++;
    tokens.add(new Token(Kind.STRING, value.toString()));
  }

  private void escape(StringBuilder value) {
    char c = source.charAt(position++);
    switch (c) {
      case 'n' -> value.append('\n');
      case 't' -> value.append('\t');
      case 'r' -> value.append('\r');
      case 'b' -> value.append('\b');
      case 'f' -> value.append('\f');
      case 'a' -> value.append('\u0007');
      case 'v' -> value.append('\u000b');
      case '\\', '\'', '"' -> value.append(c);
      case '\n' -> {} // a line that goes on
      case '0' -> value.append('\0');
      case 'x' -> hex(2, value);
      case 'u' -> hex(4, value);
      case 'U' -> hex(8, value);
      default -> value.append('\\').append(c);
    }
  }

  private void hex(int digits, StringBuilder value) {
    int end = Math.min(source.length(), position + digits);
    String text = source.substring(position, end);
    try {
      value.appendCodePoint(Integer.parseInt(text, 16));
    } catch (IllegalArgumentException e) {
      throw JinjaException.of("bad escape \\..." + text + " in a string of the template");
    }
    position = end;
  }
}
