package dev.quern.executor.engine;

import dev.quern.executor.model.decoder.KvSizes;
import java.util.List;
import java.util.function.Supplier;

/** Prompts of a checkpoint as tokens: tokenizer, template and sizes, no weights. */
public final class LocalTokens implements PromptTokens {
  private final LoadedModel model;
  private final EnginePlan plan;
  private final PromptEncoder encoder;
  private final KvRoom room;
  private final Supplier<StepTotals> times;
  private final Runnable onClose;

  /**
   * @param times what the steps took of the engine that runs the model
   * @param onClose frees what the tokens come from
   */
  LocalTokens(
      LoadedModel model,
      EnginePlan plan,
      EngineOptions options,
      Supplier<StepTotals> times,
      Runnable onClose) {
    this.model = model;
    this.plan = plan;
    this.times = times;
    encoder =
        new PromptEncoder(
            model.name(),
            model.tokenizer(),
            model.template(),
            model.checkpoint().config().vocabSize());
    room =
        new KvRoom(
            plan.kv().blocks(),
            plan.kv().blockSize(),
            options.maxNumSeqs(),
            options.prefixCaching());
    this.onClose = onClose;
  }

  /**
   * Opens the checkpoint without reading its weights.
   *
   * @throws EngineException when model or settings cannot work, with the remedy
   */
  public static LocalTokens open(EngineOptions options) {
    LoadedModel model = LoadedModel.open(options);
    try {
      EnginePlan plan = EnginePlan.of(options, model, HostMemory.availableBytes());
      return new LocalTokens(model, plan, options, () -> StepTotals.NONE, model::close);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  @Override
  public int[] ids(List<PromptPart> head, PromptRow row) {
    return ids(head, row, 1);
  }

  /**
   * @param answer least number of tokens that the answer needs
   */
  int[] ids(List<PromptPart> head, PromptRow row, int answer) {
    int[] ids = encoder.encodeBehindHead(head, row);
    if (ids.length + answer > plan.maxModelLen()) {
      throw new IllegalArgumentException(
          "the prompt has "
              + ids.length
              + " tokens and the context holds "
              + plan.maxModelLen()
              + " (prompt and answer); shorten the prompt or raise --max-model-len");
    }
    return ids;
  }

  @Override
  public String text(List<PromptPart> head, PromptRow row) {
    return encoder.text(head, row);
  }

  @Override
  public int count(String text) {
    return encoder.count(text);
  }

  @Override
  public String text(List<Integer> ids) {
    return model
        .tokenizer()
        .orElseThrow(() ->
            new IllegalArgumentException(
                model.name()
                    + " has no tokenizer (tokenizer.json or tokenizer.model): ids have no text"))
        .decodeWithNames(ids.stream().mapToInt(id -> id).toArray());
  }

  @Override
  public KvRoom room() {
    return room;
  }

  /** The checkpoint; open as long as this is. */
  public LoadedModel model() {
    return model;
  }

  /** Blocks, block size and type of the KV cache. */
  public KvSizes kv() {
    return plan.kv();
  }

  /** What steps took so far, none where no engine runs the model. */
  public StepTotals times() {
    return times.get();
  }

  @Override
  public void close() {
    onClose.run();
  }
}
