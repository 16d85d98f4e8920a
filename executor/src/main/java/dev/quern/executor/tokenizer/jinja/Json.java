package dev.quern.executor.tokenizer.jinja;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes values as Python's json.dumps does. */
final class Json {
  /**
   * Options of json.dumps.
   *
   * @param ascii whether all other characters are escaped
   * @param indent what a level is indented by; empty for one line
   * @param item between items, without the line break
   * @param key between a key and its value
   * @param sorted whether keys are in order
   */
  record Layout(boolean ascii, Optional<String> indent, String item, String key, boolean sorted) {
    static final Layout ONE_LINE = new Layout(false, Optional.empty(), ", ", ": ", false);
  }

  private final Layout layout;
  private final StringBuilder out = new StringBuilder();

  private Json(Layout layout) {
    this.layout = layout;
  }

  static String write(Object value, Layout layout) {
    Json json = new Json(layout);
    json.value(value, 0);
    return json.out.toString();
  }

  private void value(Object value, int depth) {
    switch (value) {
      case null -> out.append("null");
      case Boolean b -> out.append(b.booleanValue());
      case Long n -> out.append(n.longValue());
      case BigInteger n -> out.append(n);
      case Double d when d.isNaN() -> out.append("NaN");
      case Double d when d.isInfinite() -> out.append(d > 0 ? "Infinity" : "-Infinity");
      case Double d -> out.append(Values.real(d));
      case String text -> string(text);
      case PyTuple(var items) -> list(items, depth);
      case List<?> items -> list(items, depth);
      case Map<?, ?> map -> map(map, depth);
      case Content _ -> throw Content.dependent();
      default -> throw JinjaException.of(Values.type(value) + " is not JSON");
    }
  }

  private void list(List<?> items, int depth) {
    out.append('[');
    for (Iterator<?> each = items.iterator(); each.hasNext(); ) {
      newLine(depth + 1);
      value(each.next(), depth + 1);
      separator(each.hasNext(), depth);
    }
    out.append(']');
  }

  private void map(Map<?, ?> map, int depth) {
    out.append('{');
    List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
    if (layout.sorted()) {
      entries.sort((a, b) -> Values.compare(a.getKey(), b.getKey()));
    }
    for (Iterator<Map.Entry<?, ?>> each = entries.iterator(); each.hasNext(); ) {
      Map.Entry<?, ?> entry = each.next();
      newLine(depth + 1);
      string(entry.getKey() instanceof String key ? key : write(entry.getKey(), Layout.ONE_LINE));
      out.append(layout.key());
      value(entry.getValue(), depth + 1);
      separator(each.hasNext(), depth);
    }
    out.append('}');
  }

  private void separator(boolean more, int depth) {
    if (more) {
      out.append(layout.item());
    } else {
      newLine(depth);
    }
  }

  private void newLine(int depth) {
    layout.indent().ifPresent(indent -> out.append('\n').repeat(indent, depth));
    if (out.length() > Strings.MAX_LENGTH) {
      throw Strings.tooLong();
    }
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          // A mark is a caller's: it must be found again.
          if (c < 0x20 || (layout.ascii() && c >= 0x7F && !Strings.isMark(c))) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
