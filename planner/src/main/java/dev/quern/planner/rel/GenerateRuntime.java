package dev.quern.planner.rel;

import dev.quern.planner.GenerateCall;
import java.util.List;
import org.apache.calcite.linq4j.Enumerable;

/** Runs GENERATE calls: what the execution puts into the DataContext under {@link #NAME}. */
public interface GenerateRuntime {
  String NAME = "quern.generate";

  /**
   * @param input rows as arrays
   * @return every input row in its order, followed by one value a call
   */
  Enumerable<Object[]> generate(List<GenerateCall> calls, Enumerable<Object[]> input);
}
