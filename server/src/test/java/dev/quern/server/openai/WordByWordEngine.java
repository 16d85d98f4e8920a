package dev.quern.server.openai;

import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.EngineStatistics;
import dev.quern.executor.engine.Event;
import dev.quern.executor.engine.FinishReason;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.executor.engine.PrefixTreeView;
import dev.quern.executor.engine.PromptBatch;
import dev.quern.executor.engine.Usage;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** An engine that answers in pieces, and tells when a batch is given up. */
final class WordByWordEngine implements GenerateEngine {
  static final ModelInfo MODEL = new ModelInfo("words", "words-1", 100, true, true);

  private final List<String> pieces;
  private final boolean endless;

  /** Batches as they come. */
  final LinkedBlockingQueue<PromptBatch> submitted = new LinkedBlockingQueue<>();

  /** Opens when a batch is closed before its row was done. */
  final CountDownLatch cancelled = new CountDownLatch(1);

  private final ModelInfo model;

  private WordByWordEngine(ModelInfo model, List<String> pieces, boolean endless) {
    this.model = model;
    this.pieces = pieces;
    this.endless = endless;
  }

  static WordByWordEngine saying(String... pieces) {
    return of(MODEL, pieces);
  }

  /** The same for a model that can more. */
  static WordByWordEngine of(ModelInfo model, String... pieces) {
    return new WordByWordEngine(model, List.of(pieces), false);
  }

  /** Says the same for ever. */
  static WordByWordEngine endless(String piece) {
    return new WordByWordEngine(MODEL, List.of(piece), true);
  }

  @Override
  public Completions submit(PromptBatch batch) {
    submitted.add(batch);
    return new Completions() {
      private int next;
      private volatile boolean done;

      @Override
      public Event next() throws InterruptedException {
        if (done) {
          return null;
        }
        if (endless) {
          Thread.sleep(1);
          return new Event.Delta(0, pieces.getFirst(), List.of(7));
        }
        if (next < pieces.size()) {
          return new Event.Delta(0, pieces.get(next++), List.of(next));
        }
        done = true;
        return new Event.Done(0, FinishReason.STOP, new Usage(11, 8, 0, next), Optional.empty());
      }

      @Override
      public void close() {
        if (!done) {
          done = true;
          cancelled.countDown();
        }
      }
    };
  }

  @Override
  public int countTokens(String text) {
    return text.split(" ").length;
  }

  @Override
  public ModelInfo model() {
    return model;
  }

  @Override
  public EngineStatistics statistics() {
    return EngineStatistics.NONE;
  }

  @Override
  public PrefixTreeView prefixTree(int nodes) {
    return PrefixTreeView.EMPTY;
  }

  @Override
  public void close() {}
}
