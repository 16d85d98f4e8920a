package dev.quern.planner.pass;

import dev.quern.planner.GenerateCall.Result;
import dev.quern.planner.OptionTerm;
import dev.quern.planner.PromptTerm;
import dev.quern.planner.function.Argument;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The words that GENERATE_BOOLEAN and CLASSIFY put around what they are given. They come first, so
 * that all rows share them.
 */
final class CallPrompt {
  /** In front of a question. */
  private static final String YES_OR_NO = "Answer with yes or no. ";

  /** In front of a text, unless the query has an instruction of its own. */
  private static final String CLASSIFY = "Classify the text.";

  private final List<PromptTerm> terms = new ArrayList<>();

  private CallPrompt() {}

  /**
   * @param given the argument's own terms
   * @return the whole prompt, adjacent literals joined
   */
  static List<PromptTerm> of(
      Result result, List<PromptTerm> given, Map<Argument, OptionTerm> options) {
    var prompt = new CallPrompt();
    switch (result) {
      case TEXT, DETAILS -> {}
      case BOOLEAN -> prompt.literal(YES_OR_NO);
      case LABEL -> {
        prompt.option(
            options.getOrDefault(Argument.INSTRUCTION, new OptionTerm.Constant(CLASSIFY)));
        prompt.literal(" Answer with one of: ");
        prompt.option(options.get(Argument.CHOICES));
        prompt.literal(". Text: ");
      }
    }
    given.forEach(prompt::add);
    return List.copyOf(prompt.terms);
  }

  private void option(OptionTerm option) {
    switch (option) {
      case OptionTerm.Constant(List<?> texts) ->
          literal(String.join(", ", texts.stream().map(Object::toString).toList()));
      case OptionTerm.Constant(Object text) -> literal(text.toString());
      case OptionTerm.Parameter(int index) -> add(new PromptTerm.Parameter(index));
      case OptionTerm.Column(int column) -> add(new PromptTerm.Value(column));
      case OptionTerm.Texts(List<OptionTerm> items) -> {
        for (int i = 0; i < items.size(); i++) {
          literal(i == 0 ? "" : ", ");
          option(items.get(i));
        }
      }
    }
  }

  private void literal(String text) {
    add(new PromptTerm.Literal(text));
  }

  private void add(PromptTerm term) {
    PromptTerms.append(terms, term);
  }
}
