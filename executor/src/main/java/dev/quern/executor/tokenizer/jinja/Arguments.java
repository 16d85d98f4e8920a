package dev.quern.executor.tokenizer.jinja;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Evaluated arguments of {@code name}; what nobody asked for is an error. */
record Arguments(String name, List<Object> positional, Map<String, Object> named) {
  static Arguments none(String name) {
    return new Arguments(name, List.of(), Map.of());
  }

  /** Checks that there are at most so many in order, and no other names. */
  Arguments allow(int most, String... names) {
    Set<String> unknown = new TreeSet<>(named.keySet());
    unknown.removeAll(Set.of(names));
    if (positional.size() > most || !unknown.isEmpty()) {
      throw JinjaException.of(
          name
              + ": arguments "
              + (unknown.isEmpty() ? "beyond " + most : unknown.toString())
              + " are not supported");
    }
    return this;
  }

  boolean has(int index, String argument) {
    return index < positional.size() || named.containsKey(argument);
  }

  /** The argument at a place or of a name, or the default. */
  Object get(int index, String argument, Object otherwise) {
    return index < positional.size()
        ? positional.get(index)
        : named.getOrDefault(argument, otherwise);
  }

  Object need(int index, String argument) {
    if (!has(index, argument)) {
      throw JinjaException.of(name + ": argument '" + argument + "' is missing");
    }
    return get(index, argument, null);
  }
}
