package dev.quern.executor.tokenizer.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The functions every template has. */
final class Globals {
  private static final int MAX_RANGE = 100_000;
  private static final Map<String, Function> FUNCTIONS =
      Map.of(
          "namespace",
          (positional, named) -> new Namespace(dict("namespace", positional, named)),
          "dict",
          (positional, named) -> dict("dict", positional, named),
          "range",
          Globals::range,
          "raise_exception",
          Globals::raise,
          "lipsum",
          unsupported("lipsum"),
          "cycler",
          unsupported("cycler"),
          "joiner",
          unsupported("joiner"));

  private Globals() {}

  static Map<String, Function> functions() {
    return FUNCTIONS;
  }

  private static <K> Map<K, Object> dict(
      String name, List<Object> positional, Map<String, Object> named) {
    Map<Object, Object> dict = new LinkedHashMap<>();
    for (Object argument : positional) {
      if (!(argument instanceof Map<?, ?> map)) {
        throw JinjaException.of(name + " takes dicts and names");
      }
      dict.putAll(map);
    }
    dict.putAll(named);
    @SuppressWarnings("unchecked") // callers read it as they filled it: by names, or by any key
    Map<K, Object> typed = (Map<K, Object>) dict;
    return typed;
  }

  private static Object range(List<Object> positional, Map<String, Object> named) {
    Arguments a = new Arguments("range", positional, named).allow(3);
    long first = Values.integer(a.need(0, "stop"));
    long start = a.has(1, "stop") ? first : 0;
    long stop = a.has(1, "stop") ? Values.integer(a.get(1, "stop", null)) : first;
    long step = Values.integer(a.get(2, "step", 1L));
    if (step == 0) {
      throw JinjaException.of("a range step cannot be zero");
    }
    List<Object> range = new ArrayList<>();
    for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
      range.add(i);
      if (range.size() > MAX_RANGE) {
        throw JinjaException.of("a range of more than " + MAX_RANGE + " numbers");
      }
    }
    return range;
  }

  private static Object raise(List<Object> positional, Map<String, Object> named) {
    Object message = new Arguments("raise_exception", positional, named).need(0, "message");
    throw JinjaException.raisedByTemplate(Values.text(message));
  }

  private static Function unsupported(String name) {
    return (_, _) -> {
      throw JinjaException.of(name + " is not supported");
    };
  }
}
