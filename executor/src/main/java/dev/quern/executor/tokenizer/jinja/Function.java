package dev.quern.executor.tokenizer.jinja;

import java.util.List;
import java.util.Map;

/** Something a template can call. */
@FunctionalInterface
public interface Function {
  /**
   * Calls it.
   *
   * @param positional arguments in order
   * @param named arguments by name
   */
  Object call(List<Object> positional, Map<String, Object> named);
}
