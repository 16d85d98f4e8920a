package dev.quern.executor.model.gguf;

import dev.quern.executor.engine.EngineException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The key-value pairs of a GGUF file, read by type; every error names file and key. */
public final class GgufMetadata {
  private final Path path;
  private final Map<String, Object> values;

  GgufMetadata(Path path, Map<String, Object> values) {
    this.path = path;
    this.values = Map.copyOf(values);
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  public Optional<Long> integer(String key) {
    return value(key, Long.class, "a whole number");
  }

  /**
   * A whole number from {@code least} to 2^31 - 1.
   *
   * @throws EngineException also where the key is missing
   */
  public int require(String key, int least) {
    long value = integer(key).orElseThrow(() -> missing(key));
    if (value < least || value > Integer.MAX_VALUE) {
      throw error("key %s: expected at least %d but found %d".formatted(key, least, value));
    }
    return (int) value;
  }

  /** The same with a default. */
  public int integer(String key, int least, int absent) {
    return has(key) ? require(key, least) : absent;
  }

  /** A floating-point number; the files hold float32. */
  public Optional<Double> number(String key) {
    return value(key, Double.class, "a floating-point number");
  }

  /**
   * @throws EngineException where the key is missing
   */
  public double requireNumber(String key) {
    return number(key).orElseThrow(() -> missing(key));
  }

  public Optional<Boolean> flag(String key) {
    return value(key, Boolean.class, "true or false");
  }

  public Optional<String> text(String key) {
    return value(key, String.class, "a string");
  }

  /** An array of strings. */
  public Optional<List<String>> texts(String key) {
    return list(key, String.class, "an array of strings");
  }

  /** An array of whole numbers. */
  public Optional<List<Long>> integers(String key) {
    return list(key, Long.class, "an array of whole numbers");
  }

  /** An array of floating-point numbers. */
  public Optional<List<Double>> numbers(String key) {
    return list(key, Double.class, "an array of floating-point numbers");
  }

  private <T> Optional<List<T>> list(String key, Class<T> type, String expected) {
    Object value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof List<?> list)) {
      throw error("key %s: expected %s but found %s".formatted(key, expected, brief(value)));
    }
    for (Object each : list) {
      if (!type.isInstance(each)) {
        throw error("key %s: expected %s but found %s in it".formatted(key, expected, each));
      }
    }
    return Optional.of(list.stream().map(type::cast).toList());
  }

  private <T> Optional<T> value(String key, Class<T> type, String expected) {
    Object value = values.get(key);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw error("key %s: expected %s but found %s".formatted(key, expected, brief(value)));
    }
    return Optional.of(type.cast(value));
  }

  private static String brief(Object value) {
    return value instanceof List<?> list
        ? "an array of " + list.size()
        : value instanceof String text ? '"' + text + '"' : value.toString();
  }

  /** For a key that changes the arithmetic or the ids. */
  public EngineException missing(String key) {
    return error("key %s is missing; convert the model again with a current tool".formatted(key));
  }

  /** An error about this file. */
  public EngineException error(String message) {
    return new EngineException(path + ": " + message);
  }
}
