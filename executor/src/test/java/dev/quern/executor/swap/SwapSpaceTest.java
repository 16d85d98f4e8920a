package dev.quern.executor.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.cache.Admission;
import dev.quern.executor.cache.BlockCopy;
import dev.quern.executor.cache.BlockTable;
import dev.quern.executor.cache.EvictedBlocks;
import dev.quern.executor.cache.PrefixCache;
import dev.quern.executor.cache.TokenPath;
import dev.quern.executor.swap.FaultyStorage.Fault;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SwapSpaceTest {
  @TempDir Path folder;

  private final List<String> warnings = new ArrayList<>();

  /** A prefix cache over fake blocks, with swap space. */
  private final class Rig implements AutoCloseable {
    final FakeBlocks device;
    final SwapSpace swap;
    final PrefixCache cache;

    Rig(int blocks, int blockSize) {
      device = new FakeBlocks(blocks, blockSize);
      swap = new SwapSpace(device, warnings::add);
      cache = new PrefixCache(blocks, blockSize, true, 99, swap);
    }

    /** Admits, runs the copies, and proves that what is called cached is there. */
    Admission admit(int[] tokens, int length, String replay) {
      List<BlockCopy> copies = new ArrayList<>();
      Admission admission = cache.admit(tokens, length, 0, false, copies);
      copies.forEach(device::copy);
      if (admission instanceof Admission.Admitted(BlockTable table, int cached)) {
        assertTrue(cached < length, replay);
        assertEquals(-1, device.firstWrong(table, tokens, cached), replay);
      }
      return admission;
    }

    void compute(BlockTable table, int[] tokens, int from, int to) {
      device.compute(table, tokens, from, to);
      cache.computed(table, tokens, from, to);
    }

    void check(long bound, String replay) {
      cache.checkIntegrity();
      swap.checkIntegrity();
      assertTrue(swap.bytes() <= bound, replay);
    }

    @Override
    public void close() {
      swap.close();
    }
  }

  /** A run that admits, computes and releases a prompt; its cached tokens. */
  private static int whole(Rig rig, int[] tokens, String replay) {
    var admitted = (Admission.Admitted) rig.admit(tokens, tokens.length, replay);
    rig.compute(admitted.sequence(), tokens, admitted.cachedTokens(), tokens.length);
    rig.cache.release(admitted.sequence(), tokens, tokens.length);
    return admitted.cachedTokens();
  }

  @Test
  void aBlockThatFellOutComesBackInsteadOfBeingComputed() throws IOException {
    try (Rig rig = new Rig(2, 4)) {
      rig.swap.withSpillFile(folder, 1000);
      int[] first = {1, 2, 3, 4, 5, 6, 7, 8};
      int[] second = {9, 9, 9, 9, 9, 9, 9, 9};
      assertEquals(0, whole(rig, first, ""));
      assertEquals(0, whole(rig, second, ""));
      assertEquals(2, rig.device.exported);
      assertEquals(7, whole(rig, first, ""));
      assertEquals(2, rig.device.imported);
      assertEquals(0, rig.cache.recomputedTokens());
      int[] branch = {1, 2, 3, 4, 5, 6, 0};
      whole(rig, second, "");
      assertEquals(6, whole(rig, branch, ""), "the block of 5 6 7 8 serves 5 6");
    }
  }

  @Test
  void aBlockThatCameBackIsNotCopiedOutAgain() {
    try (Rig rig = new Rig(2, 4)) {
      rig.swap.withHostMemory(1000);
      int[] first = {1, 2, 3, 4, 5, 6, 7, 8};
      int[] second = {9, 9, 9, 9, 9, 9, 9, 9};
      for (int round = 0; round < 5; round++) {
        whole(rig, first, "");
        whole(rig, second, "");
      }
      // The last token is computed each time, so that the second block is one of its own then.
      assertEquals(4, rig.device.exported);
    }
  }

  @Test
  void otherTokensUnderTheSameHashAreNotTakenForThese() {
    var device = new FakeBlocks(1, 2);
    try (SwapSpace swap = new SwapSpace(device, warnings::add).withHostMemory(1000)) {
      TokenPath front = new TokenPath(null, new int[] {1, 2}, 2);
      swap.keep(7, new TokenPath(front, new int[] {3, 4}, 2), 0);
      List<EvictedBlocks.Kept> same = swap.find(7, null, new int[] {1, 2, 3, 4}, 2, 4);
      assertEquals(List.of(2), same.stream().map(EvictedBlocks.Kept::tokens).toList());
      assertEquals(List.of(), swap.find(7, null, new int[] {1, 5, 3, 4}, 2, 4));
      assertEquals(List.of(), swap.find(7, null, new int[] {1, 2, 3, 4}, 0, 4));
      assertEquals(List.of(), swap.find(8, null, new int[] {1, 2, 3, 4}, 2, 4));
    }
  }

  @Test
  void theFileHasNoNameWhileItIsOpenAndIsGoneAfterwards() throws IOException {
    try (Rig rig = new Rig(2, 4)) {
      rig.swap.withSpillFile(folder, 1000);
      whole(rig, new int[] {1, 2, 3, 4, 5, 6, 7, 8}, "");
      whole(rig, new int[] {9, 9, 9, 9, 9, 9, 9, 9}, "");
      if (File.separatorChar == '/') {
        assertEquals(0, files());
      }
    }
    assertEquals(0, files());
  }

  private long files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.count();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void withRoomForAllNothingIsEverComputedTwice(long seed) throws IOException {
    var random = new Random(seed);
    int blockSize = 1 + random.nextInt(5);
    // One block more than a prompt needs: a block to copy from must not be the one to overwrite.
    try (Rig rig = new Rig(Math.ceilDiv(30, blockSize) + 1 + random.nextInt(3), blockSize)) {
      rig.swap.withHostMemory(random.nextInt(6) * rig.device.blockBytes());
      rig.swap.withSpillFile(folder, 1 << 20);
      List<int[]> computed = new ArrayList<>();
      for (int step = 0; step < 1500; step++) {
        String replay = "seed " + seed + " step " + step;
        int[] tokens = random.ints(1 + random.nextInt(30), 0, 2).toArray();
        int shared = 0;
        for (int[] earlier : computed) {
          int mismatch = Arrays.mismatch(tokens, earlier);
          int common = mismatch < 0 ? tokens.length : mismatch;
          shared = Math.max(shared, Math.min(common, tokens.length - 1));
        }
        assertEquals(shared, whole(rig, tokens, replay), replay);
        computed.add(tokens);
        rig.check(Long.MAX_VALUE, replay);
      }
      assertEquals(0, rig.cache.recomputedTokens());
      assertTrue(rig.device.imported > 100, rig.device.imported + " blocks came back");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theBooksBalanceAndTheBoundHoldsUnderRandomOperations(long seed) throws IOException {
    var random = new Random(seed);
    int blockSize = 1 + random.nextInt(5);
    long host = random.nextInt(4) * 8L * blockSize;
    long file = random.nextInt(10) * 8L * blockSize + 5;
    try (Rig rig = new Rig(12 + random.nextInt(20), blockSize)) {
      rig.swap.withHostMemory(host).withSpillFile(folder, file);
      operate(rig, random, host + file, "seed " + seed);
    }
    assertEquals(List.of(), warnings);
  }

  @ParameterizedTest
  @EnumSource(Fault.class)
  void aDiskThatFailsIsTurnedOffAndCostsNoContent(Fault fault) {
    for (long seed = 1; seed <= 6; seed++) {
      warnings.clear();
      var random = new Random(seed);
      var storage = new FaultyStorage(fault, random.nextInt(40));
      try (Rig rig = new Rig(14, 3)) {
        rig.swap.withHostMemory(2 * rig.device.blockBytes()).withStorage(storage, 24 * 40);
        operate(rig, random, 24 * 42, "seed " + seed);
        int writes = storage.writes;
        operate(rig, random, 24 * 2, "seed " + seed);
        assertEquals(writes, storage.writes, "written to after it failed");
        assertTrue(rig.swap.hasPlace(), "host memory stays");
        assertTrue(storage.closed, "the disk keeps the file that filled it");
      }
      assertEquals(1, warnings.size(), warnings.toString());
      assertTrue(
          warnings.getFirst().contains("a spill file of a test failed"), warnings.getFirst());
    }
  }

  @Test
  void aDiskThatIsFullFromTheStartLeavesACacheWithoutSwap() {
    try (Rig rig = new Rig(12, 2)) {
      rig.swap.withStorage(new FaultyStorage(Fault.FULL, 0), 1000);
      operate(rig, new Random(3), 0, "");
      assertFalse(rig.swap.hasPlace());
    }
    assertTrue(warnings.getFirst().contains("No space left on device"), warnings.toString());
  }

  /** Sequences that run at once, grow, and end in any order. */
  private static void operate(Rig rig, Random random, long bound, String replay) {
    record Live(BlockTable table, int[] tokens, int[] computed) {}
    List<Live> live = new ArrayList<>();
    for (int step = 0; step < 3000; step++) {
      String at = replay + " step " + step;
      int what = random.nextInt(3);
      if (what == 0) {
        int[] tokens = random.ints(1 + random.nextInt(14), 0, 2).toArray();
        if (rig.admit(tokens, tokens.length, at)
            instanceof Admission.Admitted(var table, int cached)) {
          live.add(new Live(table, Arrays.copyOf(tokens, 64), new int[] {cached, tokens.length}));
        }
      } else if (!live.isEmpty()) {
        Live s = live.get(random.nextInt(live.size()));
        if (what == 1 && s.computed()[0] < s.computed()[1]) {
          int to = s.computed()[0] + 1 + random.nextInt(s.computed()[1] - s.computed()[0]);
          rig.compute(s.table(), s.tokens(), s.computed()[0], to);
          s.computed()[0] = to;
        } else if (what == 1 && s.computed()[1] < 60) {
          s.tokens()[s.computed()[1]] = random.nextInt(2);
          if (rig.cache.extend(s.table(), s.computed()[1] + 1)) {
            s.computed()[1]++;
          }
        } else {
          rig.cache.release(s.table(), s.tokens(), s.computed()[0]);
          live.remove(s);
        }
      }
      rig.check(bound, at);
    }
    live.forEach(s -> rig.cache.release(s.table(), s.tokens(), s.computed()[0]));
    assertEquals(rig.cache.totalBlocks(), rig.cache.availableBlocks(), replay);
  }
}
