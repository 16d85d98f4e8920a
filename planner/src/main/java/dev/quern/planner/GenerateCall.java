package dev.quern.planner;

import dev.quern.planner.function.Argument;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.function.IntUnaryOperator;
import org.apache.calcite.util.ImmutableBitSet;

/**
 * One GENERATE call over the rows of its input, columns counted from 0.
 *
 * @param result what the call answers with
 * @param prompt pieces of the prompt in order, adjacent literals joined
 * @param options arguments that were given, the prompt excepted
 * @param guard BOOLEAN input column: rows in which it is not TRUE do not need the answer, get NULL
 *     and cost nothing
 */
public record GenerateCall(
    Result result, List<PromptTerm> prompt, Map<Argument, OptionTerm> options, OptionalInt guard) {

  /** What a call answers with. */
  public enum Result {
    /** The text, VARCHAR. */
    TEXT("GENERATE"),
    /** ROW(text, finish_reason, prompt_tokens, cached_tokens, completion_tokens, error). */
    DETAILS("GENERATE_DETAILS"),
    /** BOOLEAN: yes, no, or NULL where the model prefers neither. */
    BOOLEAN("GENERATE_BOOLEAN"),
    /** One of the given labels, VARCHAR. */
    LABEL("CLASSIFY");

    private final String function;

    Result(String function) {
      this.function = function;
    }

    /** The function's name in SQL. */
    public String function() {
      return function;
    }
  }

  public GenerateCall {
    prompt = List.copyOf(prompt);
    var copy = new EnumMap<Argument, OptionTerm>(Argument.class);
    copy.putAll(options);
    options = java.util.Collections.unmodifiableMap(copy);
    Objects.requireNonNull(result, "result");
  }

  /** The same call over an input whose columns stand in other places. */
  public GenerateCall withColumns(IntUnaryOperator place) {
    Map<Argument, OptionTerm> moved = new EnumMap<>(Argument.class);
    options.forEach((argument, term) -> moved.put(argument, term.withColumns(place)));
    return new GenerateCall(
        result,
        prompt.stream().map(term -> term.withColumns(place)).toList(),
        moved,
        guard.isPresent()
            ? OptionalInt.of(place.applyAsInt(guard.getAsInt()))
            : OptionalInt.empty());
  }

  /** The input columns that the call reads. */
  public ImmutableBitSet columns() {
    var columns = ImmutableBitSet.builder();
    withColumns(column -> {
      columns.set(column);
      return column;
    });
    return columns.build();
  }

  /** The call as EXPLAIN shows it. */
  @Override
  public String toString() {
    var text = new StringBuilder(result.function()).append('(');
    text.append(PromptTerm.describe(prompt));
    options.forEach(
        (name, value) -> text.append(", ").append(name.sql()).append(" => ").append(value));
    text.append(')');
    guard.ifPresent(column -> text.append(" IF $").append(column));
    return text.toString();
  }
}
