package dev.quern.planner.cost;

import dev.quern.planner.GenerateCall;
import dev.quern.planner.OptionTerm;
import dev.quern.planner.PromptTerm;
import dev.quern.planner.function.Argument;
import java.util.List;

/** What answers cost, guessed without a look at the data. */
public final class CallCost {
  /** A decoded token costs as much as that many prompt tokens of a large batch. */
  private static final double PER_ANSWER_TOKEN = 8;

  /** Characters taken for a column of a prompt and for each of its tokens. */
  private static final double COLUMN_CHARACTERS = 400;

  private static final double CHARACTERS_PER_TOKEN = 4;
  private static final double DEFAULT_ANSWER_TOKENS = 32;

  private CallCost() {}

  /**
   * Cost of a row's answers in prompt tokens. Literals at the head are shared by all rows and cost
   * nothing.
   */
  public static double of(List<GenerateCall> calls) {
    return calls.stream().mapToDouble(CallCost::of).sum();
  }

  /** Cost over the share of rows dropped: the condition with the least is best asked first. */
  public static double rank(double cost, double selectivity) {
    return cost / Math.max(1e-9, 1 - selectivity);
  }

  private static double of(GenerateCall call) {
    double characters = 0;
    boolean head = true;
    for (PromptTerm term : call.prompt()) {
      switch (term) {
        case PromptTerm.Literal(String text) -> characters += head ? 0 : text.length();
        case PromptTerm.Parameter p -> {}
        case PromptTerm column -> {
          head = false;
          characters += COLUMN_CHARACTERS;
        }
      }
    }
    double answer =
        call.options().get(Argument.MAX_TOKENS) instanceof OptionTerm.Constant(Number most)
            ? most.doubleValue()
            : DEFAULT_ANSWER_TOKENS;
    return characters / CHARACTERS_PER_TOKEN + PER_ANSWER_TOKEN * answer;
  }
}
