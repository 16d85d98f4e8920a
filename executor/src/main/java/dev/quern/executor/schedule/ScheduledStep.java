package dev.quern.executor.schedule;

import dev.quern.executor.cache.BlockTable;
import dev.quern.executor.device.AttentionBatch;
import dev.quern.executor.model.decoder.StepInput;
import java.util.List;

/**
 * One step as planned: which sequences compute how many of their tokens.
 *
 * @param chunks in order of execution, so that sequences that share a prefix stand together
 */
public record ScheduledStep(List<Chunk> chunks) {
  /** Tokens {@code from} (inclusive) to {@code to} (exclusive) of a sequence. */
  public record Chunk(Sequence sequence, int from, int to) {
    /** Whether the chunk reaches the last known token, so that the next one can be drawn. */
    public boolean wantsLogits() {
      return to == sequence.length();
    }
  }

  public ScheduledStep {
    chunks = List.copyOf(chunks);
  }

  /** Number of tokens of the step. */
  public int tokens() {
    return chunks.stream().mapToInt(c -> c.to() - c.from()).sum();
  }

  /** Sequences of which the step holds one token of the answer. */
  int decodeTokens() {
    return (int)
        chunks.stream()
            .filter(c -> c.to() - c.from() == 1 && c.from() >= c.sequence().promptLength())
            .count();
  }

  /** The step as arrays for the decoder; logits in the order of the chunks that want them. */
  public StepInput input(int blockSize) {
    int n = chunks.size();
    int[] firstRow = new int[n + 1];
    int[] firstPosition = new int[n];
    int[][] tables = new int[n][];
    int[] shared = new int[n];
    int[] ids = new int[tokens()];
    int[] logitRows = new int[(int) chunks.stream().filter(Chunk::wantsLogits).count()];
    int wanted = 0;
    BlockTable before = null;
    for (int i = 0; i < n; i++) {
      Chunk chunk = chunks.get(i);
      BlockTable table = chunk.sequence().table();
      int count = chunk.to() - chunk.from();
      firstRow[i + 1] = firstRow[i] + count;
      firstPosition[i] = chunk.from();
      tables[i] = table.ids();
      shared[i] = before == null ? 0 : commonBlocks(before, table, chunk.from() / blockSize);
      System.arraycopy(chunk.sequence().tokens(), chunk.from(), ids, firstRow[i], count);
      if (chunk.wantsLogits()) {
        logitRows[wanted++] = firstRow[i + 1] - 1;
      }
      before = table;
    }
    return new StepInput(
        ids, new AttentionBatch(n, firstRow, firstPosition, tables, shared), logitRows);
  }

  private static int commonBlocks(BlockTable a, BlockTable b, int most) {
    int limit = Math.min(most, Math.min(a.size(), b.size()));
    int common = 0;
    while (common < limit && a.ids()[common] == b.ids()[common]) {
      common++;
    }
    return common;
  }
}
