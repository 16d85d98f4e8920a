package dev.quern.executor.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Typed access to options given as text; errors name the option, the value and what is valid. */
public record OptionValues(Map<String, String> values) {
  private static final int MOST_GIB = 1 << 20;

  public OptionValues {
    values = Map.copyOf(values);
  }

  public Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name)).map(String::strip).filter(s -> !s.isEmpty());
  }

  public Optional<Integer> integer(String name, int least, int most) {
    return number(name, least, most).map(Math::toIntExact);
  }

  public Optional<Long> number(String name, long least, long most) {
    return text(name)
        .map(s -> {
          long value;
          try {
            value = Long.parseLong(s);
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                name + " must be a whole number but is '" + s + "'", e);
          }
          if (value < least || value > most) {
            throw new IllegalArgumentException(
                name + " must be in [" + least + ", " + most + "] but is " + s);
          }
          return value;
        });
  }

  /** Bytes given in GiB, fractions allowed. */
  Optional<Long> gibibytes(String name) {
    return text(name)
        .map(s -> {
          double value;
          try {
            value = Double.parseDouble(s);
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                name + " must be a number of GiB but is '" + s + "'", e);
          }
          if (!(value >= 0 && value <= MOST_GIB)) {
            throw new IllegalArgumentException(
                name + " must be in [0, " + MOST_GIB + "] GiB but is " + s);
          }
          return (long) (value * (1L << 30));
        });
  }

  public Optional<Boolean> bool(String name) {
    return oneOf(name, List.of("true", "false", "1", "0"))
        .map(s -> s.equals("true") || s.equals("1"));
  }

  /** The name of a file that exists. */
  Optional<String> file(String name) {
    Optional<String> value = text(name);
    if (value.isPresent() && !Files.isRegularFile(Path.of(value.get()))) {
      throw new IllegalArgumentException(name + " " + value.get() + ": there is no such file");
    }
    return value;
  }

  /** The value, lower case, if it is one of those listed. */
  public Optional<String> oneOf(String name, List<String> valid) {
    Optional<String> value = text(name).map(s -> s.toLowerCase(Locale.ROOT));
    if (value.isPresent() && !valid.contains(value.get())) {
      throw new IllegalArgumentException(
          name + " must be one of " + String.join(", ", valid) + " but is '" + value.get() + "'");
    }
    return value;
  }

  /** Refuses values that the contract names but this build does not have. */
  void onlyBuilt(String name, List<String> built, String remedy) {
    Optional<String> value = text(name).map(s -> s.toLowerCase(Locale.ROOT));
    if (value.isPresent() && !built.contains(value.get())) {
      throw new IllegalArgumentException(
          name + " '" + value.get() + "' is not built yet; " + remedy);
    }
  }
}
