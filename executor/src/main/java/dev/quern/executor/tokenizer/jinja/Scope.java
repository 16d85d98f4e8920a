package dev.quern.executor.tokenizer.jinja;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Variables; a name is looked up outwards and set in the innermost scope. */
record Scope(Map<String, Object> variables, Optional<Scope> outer) {
  static Scope root(Map<String, ?> variables) {
    return new Scope(new HashMap<>(variables), Optional.empty());
  }

  Scope inner() {
    return new Scope(new HashMap<>(), Optional.of(this));
  }

  Object get(String name) {
    Scope scope = this;
    while (!scope.variables.containsKey(name)) {
      if (scope.outer.isEmpty()) {
        return new Undefined(name);
      }
      scope = scope.outer.get();
    }
    return scope.variables.get(name);
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }
}
