package dev.quern.planner.cost;

/**
 * What one call of a plan is expected to cost. Tokens are over the prompts that no call before it
 * asked for, so that the calls of a query add up.
 *
 * @param call the call as EXPLAIN shows it
 * @param rows rows that come to the call's node
 * @param prompts distinct prompts that no earlier call has asked for: engine calls
 * @param promptTokens their tokens, template included
 * @param computedTokens those left after sharing, recomputation included
 * @param recomputedTokens of these, tokens that were lost for want of KV blocks
 * @param answerTokens most tokens of the answers
 * @param kvBlocks KV blocks that prompts and longest answers fill
 * @param sampled whether figures come from a sample
 * @param assumed whether they hang on an assumed selectivity or answer
 */
public record CallEstimate(
    String call,
    double rows,
    double prompts,
    double promptTokens,
    double computedTokens,
    double recomputedTokens,
    double answerTokens,
    double kvBlocks,
    boolean sampled,
    boolean assumed) {

  /** The same with another number of rows. */
  public CallEstimate withRows(double other) {
    return new CallEstimate(
        call,
        other,
        prompts,
        promptTokens,
        computedTokens,
        recomputedTokens,
        answerTokens,
        kvBlocks,
        sampled,
        assumed);
  }

  /** Both calls, under a new name. */
  public CallEstimate plus(CallEstimate other, String name) {
    return new CallEstimate(
        name,
        rows + other.rows,
        prompts + other.prompts,
        promptTokens + other.promptTokens,
        computedTokens + other.computedTokens,
        recomputedTokens + other.recomputedTokens,
        answerTokens + other.answerTokens,
        kvBlocks + other.kvBlocks,
        sampled || other.sampled,
        assumed || other.assumed);
  }
}
