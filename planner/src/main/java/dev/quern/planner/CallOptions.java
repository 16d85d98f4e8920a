package dev.quern.planner;

import dev.quern.executor.choice.Choices;
import dev.quern.executor.device.Sampling;
import dev.quern.executor.engine.GenerateOptions;
import dev.quern.executor.engine.PromptPart;
import dev.quern.planner.GenerateCall.Result;
import dev.quern.planner.function.Argument;
import java.math.BigDecimal;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The arguments of one call as values.
 *
 * @param engine what the engine takes
 * @param model name given by CREATE MODEL; empty: the connection's model
 * @param onError what a row that fails gives
 */
public record CallOptions(GenerateOptions engine, Optional<String> model, OnError onError) {

  /**
   * Builds options of a call from values (Number, String, Boolean, List of String); what is absent
   * has its default.
   *
   * @throws IllegalArgumentException whose message begins with the argument's name, when a value
   *     has the wrong type or is out of range
   */
  public static CallOptions of(Result result, Map<Argument, Object> given) {
    var values = new Values(given);
    GenerateOptions defaults = GenerateOptions.DEFAULT;
    var engine =
        new GenerateOptions(
            values.integer(Argument.MAX_TOKENS, defaults.maxTokens()),
            values.integer(Argument.MIN_TOKENS, defaults.minTokens()),
            sampling(values, defaults.sampling()),
            values.seed(),
            values.texts(Argument.STOP),
            List.of(),
            values.part(Argument.SYSTEM),
            values.bool(Argument.CHAT).orElse(defaults.chat()),
            choices(result, values),
            defaults.rules(),
            defaults.report());
    return new CallOptions(engine, values.text(Argument.MODEL), onError(result, values));
  }

  private static Sampling sampling(Values values, Sampling defaults) {
    return new Sampling(
        values.number(Argument.TEMPERATURE, defaults.temperature()),
        values.number(Argument.TOP_P, defaults.topP()),
        values.integer(Argument.TOP_K, defaults.topK()),
        values.number(Argument.MIN_P, defaults.minP()),
        values.number(Argument.REPETITION_PENALTY, defaults.repetitionPenalty()),
        values.number(Argument.PRESENCE_PENALTY, defaults.presencePenalty()),
        values.number(Argument.FREQUENCY_PENALTY, defaults.frequencyPenalty()));
  }

  private static Optional<Choices> choices(Result result, Values values) {
    if (result == Result.BOOLEAN) {
      return Optional.of(Choices.YES_NO);
    }
    return values.given().containsKey(Argument.CHOICES)
        ? Optional.of(Choices.of(values.texts(Argument.CHOICES)))
        : Optional.empty();
  }

  private static OnError onError(Result result, Values values) {
    OnError onError = values.text(Argument.ON_ERROR).map(OnError::of).orElse(OnError.NULL);
    if (result == Result.BOOLEAN && onError == OnError.TEXT) {
      throw new IllegalArgumentException(
          "on_error must be 'null' or 'fail' here but is 'text': the answer is no text");
    }
    return onError;
  }

  /** The same with another seed. */
  public CallOptions withSeed(OptionalLong seed) {
    return new CallOptions(engine.withSeed(seed), model, onError);
  }

  private record Values(Map<Argument, Object> given) {
    Values {
      given = given.isEmpty() ? Map.of() : new EnumMap<>(given);
    }

    int integer(Argument argument, int otherwise) {
      return exact(argument)
          .map(v -> within(argument, v, Integer.MIN_VALUE, Integer.MAX_VALUE).intValueExact())
          .orElse(otherwise);
    }

    OptionalLong seed() {
      return exact(Argument.SEED)
          .map(v -> within(Argument.SEED, v, Long.MIN_VALUE, Long.MAX_VALUE).longValueExact())
          .map(OptionalLong::of)
          .orElse(OptionalLong.empty());
    }

    double number(Argument argument, double otherwise) {
      return decimal(argument).map(BigDecimal::doubleValue).orElse(otherwise);
    }

    Optional<String> text(Argument argument) {
      Object value = given.get(argument);
      if (value != null && !(value instanceof String)) {
        throw wrongType(argument, value);
      }
      return Optional.ofNullable((String) value);
    }

    /** A text of the query is trusted; one from elsewhere comes as the part that it is. */
    Optional<PromptPart> part(Argument argument) {
      return given.get(argument) instanceof PromptPart part
          ? Optional.of(part)
          : text(argument).map(PromptPart::literal);
    }

    Optional<Boolean> bool(Argument argument) {
      Object value = given.get(argument);
      if (value != null && !(value instanceof Boolean)) {
        throw wrongType(argument, value);
      }
      return Optional.ofNullable((Boolean) value);
    }

    List<String> texts(Argument argument) {
      return switch (given.get(argument)) {
        case null -> List.of();
        case String one -> List.of(one);
        case List<?> many when many.stream().allMatch(String.class::isInstance) ->
            many.stream().map(String.class::cast).toList();
        case Object other -> throw wrongType(argument, other);
      };
    }

    private Optional<BigDecimal> exact(Argument argument) {
      Optional<BigDecimal> value = decimal(argument);
      if (value.isPresent() && value.get().stripTrailingZeros().scale() > 0) {
        throw wrongType(argument, value.get());
      }
      return value;
    }

    private Optional<BigDecimal> decimal(Argument argument) {
      Object value = given.get(argument);
      if (value != null && !(value instanceof Number)) {
        throw wrongType(argument, value);
      }
      return Optional.ofNullable(value).map(v -> new BigDecimal(v.toString()));
    }

    private static BigDecimal within(Argument argument, BigDecimal value, long least, long most) {
      if (value.compareTo(BigDecimal.valueOf(least)) < 0
          || value.compareTo(BigDecimal.valueOf(most)) > 0) {
        throw new IllegalArgumentException(
            argument.sql()
                + (value.signum() < 0 ? " must be at least " + least : " must be at most " + most)
                + " but is "
                + value);
      }
      return value;
    }

    private static IllegalArgumentException wrongType(Argument argument, Object value) {
      String shown = value instanceof String s ? "'" + s + "'" : value.toString();
      return new IllegalArgumentException(
          argument.sql() + " must be " + argument.kind().words() + " but is " + shown);
    }
  }
}
