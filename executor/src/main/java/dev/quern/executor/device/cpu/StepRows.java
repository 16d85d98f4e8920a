package dev.quern.executor.device.cpu;

import dev.quern.executor.device.AttentionBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An attention batch spread over its rows, off the heap: for each row its sequence, position, block
 * and slot; for each sequence where its block table starts and how many tokens it shares with the
 * one before; rotary cosines and sines of the rows, [row][headDim / 2]. The kernels read it through
 * {@code Step} of kv.h.
 */
final class StepRows implements AutoCloseable {
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final Scratch perRow;
  private final Scratch perSequence;
  private final Scratch tables;
  private final Scratch angles;
  private final OffHeap.Block fields;
  private int rows;
  private int headDim;
  private int blockSize;
  private int lastPosition;
  MemorySegment sequence;
  MemorySegment position;
  MemorySegment block;
  MemorySegment slot;
  MemorySegment tableStart;
  MemorySegment shared;
  MemorySegment table;
  MemorySegment cos;
  MemorySegment sin;

  StepRows(OffHeap memory) {
    perRow = new Scratch(memory, "rows of a step");
    perSequence = new Scratch(memory, "sequences of a step");
    tables = new Scratch(memory, "block tables of a step");
    angles = new Scratch(memory, "rotary angles of a step");
    fields = memory.allocate("fields of a step", 9 * 8);
  }

  int rows() {
    return rows;
  }

  int headDim() {
    return headDim;
  }

  /** Whether a row is the first of its sequence. */
  boolean startsSequence(int row) {
    return row == 0 || sequence.getAtIndex(INT, row) != sequence.getAtIndex(INT, row - 1);
  }

  /** The last position of any row. */
  int lastPosition() {
    return lastPosition;
  }

  /** Address of the fields as kv.h reads them. */
  long address() {
    return fields.segment().address();
  }

  /** Spreads a batch over caches of this block size. */
  void fill(AttentionBatch batch, int size) {
    rows = batch.rows();
    blockSize = size;
    lastPosition = 0;
    MemorySegment rowMemory = perRow.require(16L * rows);
    sequence = rowMemory.asSlice(0, 4L * rows);
    position = rowMemory.asSlice(4L * rows, 4L * rows);
    block = rowMemory.asSlice(8L * rows, 4L * rows);
    slot = rowMemory.asSlice(12L * rows, 4L * rows);
    int sequences = batch.sequences();
    MemorySegment sequenceMemory = perSequence.require(8L * sequences);
    tableStart = sequenceMemory.asSlice(0, 4L * sequences);
    shared = sequenceMemory.asSlice(4L * sequences, 4L * sequences);
    long blocks = 0;
    for (int s = 0; s < sequences; s++) {
      blocks += needed(batch, s);
    }
    table = tables.require(4 * blocks);
    int start = 0;
    for (int s = 0; s < sequences; s++) {
      tableStart.setAtIndex(INT, s, start);
      shared.setAtIndex(INT, s, s == 0 ? 0 : batch.sharedBlocks()[s] * blockSize);
      int count = needed(batch, s);
      MemorySegment.copy(batch.blockTable()[s], 0, table, INT, 4L * start, count);
      start += count;
      fillRows(batch, s);
    }
    writeFields();
  }

  private void writeFields() {
    MemorySegment to = fields.segment();
    to.setAtIndex(LONG, 0, sequence.address());
    to.setAtIndex(LONG, 1, position.address());
    to.setAtIndex(LONG, 2, block.address());
    to.setAtIndex(LONG, 3, slot.address());
    to.setAtIndex(LONG, 4, table.address());
    to.setAtIndex(LONG, 5, tableStart.address());
    to.setAtIndex(LONG, 6, shared.address());
  }

  private int needed(AttentionBatch batch, int s) {
    int count = batch.firstRow()[s + 1] - batch.firstRow()[s];
    return (batch.firstPosition()[s] + count + blockSize - 1) / blockSize;
  }

  private void fillRows(AttentionBatch batch, int s) {
    int first = batch.firstRow()[s];
    for (int r = first; r < batch.firstRow()[s + 1]; r++) {
      int at = batch.firstPosition()[s] + r - first;
      sequence.setAtIndex(INT, r, s);
      position.setAtIndex(INT, r, at);
      lastPosition = Math.max(lastPosition, at);
      block.setAtIndex(INT, r, batch.blockTable()[s][at / blockSize]);
      slot.setAtIndex(INT, r, at % blockSize);
    }
  }

  /** Writes the rows' rotary angles. */
  void rotate(AngleTable source) {
    headDim = 2 * source.pairs();
    long bytes = 4L * rows * source.pairs();
    MemorySegment memory = angles.require(2 * bytes);
    cos = memory.asSlice(0, bytes);
    sin = memory.asSlice(bytes, bytes);
    fields.segment().setAtIndex(LONG, 7, cos.address());
    fields.segment().setAtIndex(LONG, 8, sin.address());
    for (int r = 0; r < rows; r++) {
      source.copy(position.getAtIndex(INT, r), cos, sin, r);
    }
  }

  @Override
  public void close() {
    perRow.close();
    perSequence.close();
    tables.close();
    angles.close();
    fields.close();
  }
}
