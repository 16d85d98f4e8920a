package dev.quern.executor.tokenizer.jinja;

import java.math.BigInteger;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes values as Python's json.dumps(.., ensure_ascii=False) does. */
final class Json {
  private final int indent;
  private final StringBuilder out = new StringBuilder();

  private Json(int indent) {
    this.indent = indent;
  }

  /** JSON of a value; indent below 0 means one line. */
  static String write(Object value, int indent) {
    Json json = new Json(indent);
    json.value(value, 0);
    return json.out.toString();
  }

  private void value(Object value, int depth) {
    switch (value) {
      case null -> out.append("null");
      case Boolean b -> out.append(b.booleanValue());
      case Long n -> out.append(n.longValue());
      case BigInteger n -> out.append(n);
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
    for (Iterator<? extends Map.Entry<?, ?>> each = map.entrySet().iterator(); each.hasNext(); ) {
      Map.Entry<?, ?> entry = each.next();
      newLine(depth + 1);
      string(entry.getKey() instanceof String key ? key : write(entry.getKey(), -1));
      out.append(": ");
      value(entry.getValue(), depth + 1);
      separator(each.hasNext(), depth);
    }
    out.append('}');
  }

  private void separator(boolean more, int depth) {
    if (more) {
      out.append(indent < 0 ? ", " : ",");
    } else {
      newLine(depth);
    }
  }

  private void newLine(int depth) {
    if (indent >= 0) {
      out.append('\n').repeat(' ', indent * depth);
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
          if (c < 0x20) {
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
