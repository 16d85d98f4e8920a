package dev.quern.sql.run;

import dev.quern.executor.engine.PromptPart;
import dev.quern.planner.CallOptions;
import dev.quern.planner.GenerateCall;
import dev.quern.planner.OptionTerm;
import dev.quern.planner.PromptTerm;
import dev.quern.planner.QueryException;
import dev.quern.planner.QueryException.State;
import dev.quern.planner.function.Argument;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Makes the prompt and the options of each row of one call. */
final class CallRenderer {
  private final GenerateCall call;
  private final QueryContext context;
  private final CallOptions options;
  private final OptionalInt seedColumn;
  private final List<PromptTerm> tailTerms;
  private final boolean nullHead;
  private final List<PromptPart> head;
  private final Map<PromptTerm.Fields, FieldOrders> fieldOrders;

  CallRenderer(GenerateCall call, QueryContext context) {
    this.call = call;
    this.context = context;
    this.options = options(call, context);
    this.seedColumn =
        call.options().get(Argument.SEED) instanceof OptionTerm.Column(int column)
            ? OptionalInt.of(column)
            : OptionalInt.empty();
    this.fieldOrders = FieldOrders.of(call.prompt());
    int headTerms = headTerms(call.prompt());
    Optional<List<PromptPart>> before = parts(call.prompt().subList(0, headTerms), new Object[0]);
    this.nullHead = before.isEmpty();
    this.head = before.orElse(List.of());
    this.tailTerms = List.copyOf(call.prompt().subList(headTerms, call.prompt().size()));
  }

  GenerateCall call() {
    return call;
  }

  /** The options that all rows have; a row's own seed excepted. */
  CallOptions options() {
    return options;
  }

  /** Parts in front of every row's prompt. */
  List<PromptPart> head() {
    return head;
  }

  /** Whether the row's answer is wanted. */
  boolean wanted(Object[] row) {
    return call.guard().isEmpty() || Boolean.TRUE.equals(row[call.guard().getAsInt()]);
  }

  /** Chooses the order of fields for rows whose prompts will be asked for. */
  void window(List<Object[]> rows) {
    if (!fieldOrders.isEmpty()) {
      List<Object[]> wanted = rows.stream().filter(this::wanted).toList();
      fieldOrders.values().forEach(orders -> orders.window(wanted));
    }
  }

  /**
   * Characters that the prompt has behind the head, as far as they are known before the order of
   * fields is chosen.
   *
   * @param most characters wanted
   */
  String start(Object[] row, int most) {
    var start = new StringBuilder();
    for (PromptTerm term : tailTerms) {
      if (term instanceof PromptTerm.Fields || start.length() >= most) {
        break;
      }
      parts(List.of(term), row).ifPresent(parts -> parts.forEach(p -> start.append(p.text())));
    }
    start.setLength(Math.min(start.length(), most));
    return start.toString();
  }

  /** The prompt behind the head; empty where a part is NULL. */
  Optional<List<PromptPart>> tail(Object[] row) {
    return nullHead ? Optional.empty() : parts(tailTerms, row);
  }

  /** The options with the row's seed. */
  CallOptions options(Object[] row) {
    if (seedColumn.isEmpty()) {
      return options;
    }
    Object seed = row[seedColumn.getAsInt()];
    return options.withSeed(
        seed == null ? defaultSeed(context) : OptionalLong.of(((Number) seed).longValue()));
  }

  private static int headTerms(List<PromptTerm> terms) {
    int count = 0;
    while (count < terms.size()
        && !(terms.get(count) instanceof PromptTerm.Value)
        && !(terms.get(count) instanceof PromptTerm.Fields)) {
      count++;
    }
    return count;
  }

  private Optional<List<PromptPart>> parts(List<PromptTerm> terms, Object[] row) {
    List<PromptPart> parts = new ArrayList<>(terms.size());
    for (PromptTerm term : terms) {
      Object value =
          switch (term) {
            case PromptTerm.Literal(String text) -> text;
            case PromptTerm.Value(int column) -> row[column];
            case PromptTerm.Parameter(int index) -> context.parameter(index);
            case PromptTerm.Fields fields -> fieldOrders.get(fields).json(row);
          };
      if (value == null) {
        return Optional.empty();
      }
      boolean trusted = term instanceof PromptTerm.Literal;
      parts.add(new PromptPart(value.toString(), trusted));
    }
    return Optional.of(parts);
  }

  private static CallOptions options(GenerateCall call, QueryContext context) {
    Map<Argument, Object> values = new EnumMap<>(Argument.class);
    call.options()
        .forEach((argument, term) -> {
          Object value = value(argument, term, context);
          if (value != null) {
            values.put(argument, value);
          }
        });
    try {
      CallOptions options = CallOptions.of(call.result(), values);
      return options.engine().seed().isPresent() ? options : options.withSeed(defaultSeed(context));
    } catch (IllegalArgumentException e) {
      throw new QueryException(State.DATA, call.result().function() + ": " + e.getMessage(), e);
    }
  }

  private static Object value(Argument argument, OptionTerm term, QueryContext context) {
    return switch (term) {
      case OptionTerm.Constant(Object constant) -> constant;
      case OptionTerm.Parameter(int index) -> parameter(argument, context.parameter(index));
      case OptionTerm.Texts(List<OptionTerm> items) ->
          items.stream().map(item -> value(argument, item, context)).toList();
      case OptionTerm.Column c -> null;
    };
  }

  /** Special tokens in a parameter are plain text, in the system message too. */
  private static Object parameter(Argument argument, Object value) {
    return argument == Argument.SYSTEM && value instanceof String text
        ? PromptPart.value(text)
        : value;
  }

  private static OptionalLong defaultSeed(QueryContext context) {
    return context.options().seed().stream().mapToLong(Long::longValue).findFirst();
  }
}
