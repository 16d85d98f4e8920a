package dev.quern.planner.function;

import dev.quern.planner.GenerateCall.Result;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The arguments that a function takes, in positional order.
 *
 * @param arguments the first is the prompt
 * @param required those that a call must give
 */
record Signature(List<Argument> arguments, Set<Argument> required) {
  Signature {
    arguments = List.copyOf(arguments);
    required = Set.copyOf(required);
  }

  static Signature of(Result result) {
    return switch (result) {
      case TEXT, DETAILS ->
          new Signature(
              List.copyOf(EnumSet.complementOf(EnumSet.of(Argument.INSTRUCTION))),
              Set.of(Argument.PROMPT));
      case BOOLEAN ->
          new Signature(
              List.of(
                  Argument.PROMPT,
                  Argument.MODEL,
                  Argument.SYSTEM,
                  Argument.CHAT,
                  Argument.ON_ERROR),
              Set.of(Argument.PROMPT));
      case LABEL ->
          new Signature(
              List.of(
                  Argument.PROMPT,
                  Argument.CHOICES,
                  Argument.INSTRUCTION,
                  Argument.MODEL,
                  Argument.SYSTEM,
                  Argument.CHAT,
                  Argument.ON_ERROR),
              Set.of(Argument.PROMPT, Argument.CHOICES));
    };
  }

  /** The name of an argument here: what GENERATE calls prompt is a text to CLASSIFY. */
  String name(Argument argument) {
    return argument == Argument.PROMPT && arguments.contains(Argument.INSTRUCTION)
        ? "text"
        : argument.sql();
  }

  /** The argument of a name in any case. */
  Optional<Argument> of(String name) {
    return arguments.stream().filter(a -> name(a).equalsIgnoreCase(name)).findFirst();
  }

  /** Names of all arguments, for messages. */
  String valid() {
    return String.join(", ", arguments.stream().map(this::name).toList());
  }
}
