package dev.quern.planner;

import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Collectors;

/** One piece of a prompt, known when the query is planned. */
public sealed interface PromptTerm {

  /** Text of the query: special tokens in it are recognised. */
  record Literal(String text) implements PromptTerm {
    @Override
    public String toString() {
      return "'" + text.replace("'", "''") + "'";
    }
  }

  /** The text of an input column; NULL makes the whole prompt NULL. */
  record Value(int column) implements PromptTerm {
    @Override
    public String toString() {
      return "$" + column;
    }
  }

  /** A dynamic parameter, counted from 0; NULL makes the whole prompt NULL. */
  record Parameter(int index) implements PromptTerm {
    @Override
    public String toString() {
      return "?" + index;
    }
  }

  /** The same term over an input whose columns stand in other places. */
  default PromptTerm withColumns(IntUnaryOperator place) {
    return this instanceof Value(int column) ? new Value(place.applyAsInt(column)) : this;
  }

  /** The terms as SQL would write them. */
  static String describe(List<PromptTerm> terms) {
    return terms.stream().map(PromptTerm::toString).collect(Collectors.joining(" || "));
  }
}
