package dev.quern.sql.estimate;

import dev.quern.executor.bench.StepRates;
import dev.quern.executor.engine.PromptTokens;
import java.util.Optional;

/** What an estimate asks of the models that a query names. */
public interface EstimateModels {
  /**
   * How a model reads prompts.
   *
   * @param model name given by CREATE MODEL; empty: the session's own
   */
  PromptTokens tokens(Optional<String> model);

  /**
   * How fast it runs; empty where that is not known.
   *
   * @param context mean number of tokens before a token
   * @param rows rows that could be answered at a time
   */
  Optional<StepRates> rates(Optional<String> model, double context, double rows);
}
