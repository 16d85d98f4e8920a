package dev.quern.server;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * Typed access to the options of a command; errors name the option, the value and what is valid.
 */
public record Arguments(ParseResult parsed) {

  /** An option with one value. */
  public static OptionSpec option(String name, String label, String help) {
    return OptionSpec.builder(name)
        .type(String.class)
        .arity("1")
        .paramLabel(label)
        .description(help)
        .build();
  }

  public Optional<String> text(String name) {
    return parsed.hasMatchedOption(name)
        ? Optional.ofNullable(parsed.matchedOptionValue(name, null))
        : Optional.empty();
  }

  /**
   * @throws CommandException (exit code 2) when the value is no whole number in the range
   */
  public Optional<Integer> integer(String name, int least, int most) {
    return text(name)
        .map(text -> {
          if (text.matches("-?[0-9]{1,9}")) {
            int value = Integer.parseInt(text);
            if (value >= least && value <= most) {
              return value;
            }
          }
          throw CommandException.badCommand(
              name + " must be a whole number in [" + least + ", " + most + "] but is " + text);
        });
  }

  /**
   * The value of an option that takes one of the given constants, in any letter case.
   *
   * @throws CommandException (exit code 2) for another value
   */
  public <E extends Enum<E>> E choice(String name, Class<E> type, E otherwise) {
    Optional<String> given = text(name);
    if (given.isEmpty()) {
      return otherwise;
    }
    List<E> valid = List.of(type.getEnumConstants());
    return valid.stream()
        .filter(constant -> label(constant).equals(given.get().toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() ->
            CommandException.badCommand(
                name
                    + " must be one of "
                    + String.join(", ", valid.stream().map(Arguments::label).toList())
                    + " but is '"
                    + given.get()
                    + "'"));
  }

  private static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
