package dev.quern.executor.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PrefixCacheTest {
  private final List<BlockCopy> copies = new ArrayList<>();

  private BlockTable admit(PrefixCache cache, int cachedTokens, int... tokens) {
    var admitted =
        assertInstanceOf(
            Admission.Admitted.class, cache.admit(tokens, tokens.length, 0, false, copies));
    assertEquals(cachedTokens, admitted.cachedTokens());
    cache.checkIntegrity();
    return admitted.sequence();
  }

  private static void compute(PrefixCache cache, BlockTable table, int... tokens) {
    cache.computed(table, tokens, 0, tokens.length);
    cache.checkIntegrity();
  }

  @Test
  void fullBlocksAreSharedAndAPartialOneIsCopied() {
    var cache = new PrefixCache(8, 4, true, 1);
    int[] first = {1, 2, 3, 4, 5, 6, 7};
    BlockTable a = admit(cache, 0, first);
    compute(cache, a, first);
    BlockTable b = admit(cache, 6, 1, 2, 3, 4, 5, 6, 8, 9);
    assertEquals(a.ids()[0], b.ids()[0]);
    assertEquals(List.of(new BlockCopy(a.ids()[1], b.ids()[1], 2)), copies);
    assertEquals(5, cache.availableBlocks());
  }

  @Test
  void theLastTokenIsNeverServedFromTheCache() {
    var cache = new PrefixCache(8, 4, true, 1);
    int[] tokens = {1, 2, 3, 4};
    BlockTable a = admit(cache, 0, tokens);
    compute(cache, a, tokens);
    admit(cache, 3, tokens);
  }

  @Test
  void aSequenceThatMustComputeItsPromptSharesNothingAndAwaitsNobody() {
    var cache = new PrefixCache(8, 4, true, 1);
    int[] tokens = {1, 2, 3, 4, 5, 6};
    BlockTable first = admit(cache, 0, tokens); // not computed yet
    var own =
        assertInstanceOf(Admission.Admitted.class, cache.admit(tokens, 6, 0, false, false, copies));
    assertEquals(0, own.cachedTokens());
    assertEquals(List.of(), copies);
    assertEquals(4, cache.availableBlocks());
    compute(cache, own.sequence(), tokens);
    cache.release(own.sequence(), tokens, 6);
    cache.checkIntegrity();
    assertEquals(6, cache.availableBlocks());
    compute(cache, first, tokens);
    admit(cache, 6, 1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void tokensThatAreBeingComputedAreAwaited() {
    var cache = new PrefixCache(8, 4, true, 1);
    int[] first = {1, 2, 3, 4, 5, 6};
    BlockTable a = admit(cache, 0, first);
    int[] second = {1, 2, 3, 9, 9};
    assertEquals(new Admission.AwaitPrefix(3), cache.admit(second, 5, 0, false, copies));
    cache.computed(a, first, 0, 3);
    admit(cache, 3, second);
  }

  @Test
  void aPromiseThatIsGivenUpIsNotAwaited() {
    var cache = new PrefixCache(8, 4, true, 1);
    int[] first = {1, 2, 3, 4, 5, 6};
    BlockTable a = admit(cache, 0, first);
    cache.computed(a, first, 0, 2);
    cache.release(a, first, 2);
    cache.checkIntegrity();
    admit(cache, 2, 1, 2, 3, 4, 5, 9);
  }

  @Test
  void generatedTokensStayCachedToo() {
    var cache = new PrefixCache(8, 4, true, 1);
    int[] prompt = {1, 2, 3};
    BlockTable a = admit(cache, 0, prompt);
    int[] all = {1, 2, 3, 4, 5, 6};
    assertTrue(cache.extend(a, 6));
    compute(cache, a, all);
    cache.release(a, all, 6);
    admit(cache, 6, 1, 2, 3, 4, 5, 6, 7);
  }

  @Test
  void leastRecentlyUsedLeavesAreEvictedFirstAndCountedWhenComputedAgain() {
    var cache = new PrefixCache(3, 4, true, 1);
    int[] old = {1, 2, 3, 4, 5, 6, 7, 8};
    BlockTable a = admit(cache, 0, old);
    compute(cache, a, old);
    cache.release(a, old, 8);
    int[] newer = {9, 9, 9, 9, 9, 9, 9, 9};
    BlockTable b = admit(cache, 0, newer); // one free, one evicted: the old leaf
    compute(cache, b, newer);
    cache.release(b, newer, 8);
    assertEquals(0, cache.recomputedTokens());
    admit(cache, 4, old);
    assertEquals(4, cache.recomputedTokens());
  }

  @Test
  void aSequenceThatDoesNotFitSaysHowManyBlocksAreMissing() {
    var cache = new PrefixCache(2, 4, true, 1);
    admit(cache, 0, 1, 2, 3, 4, 5);
    assertEquals(new Admission.Wait(1), cache.admit(new int[] {8, 8, 8}, 3, 0, false, copies));
    cache.checkIntegrity();
  }

  @Test
  void theBlockToCopyFromIsGivenUpWhereItIsTheOneThatIsMissing() {
    var cache = new PrefixCache(2, 4, true, 1);
    int[] first = {1, 2, 3, 4, 5, 6, 7, 8};
    BlockTable a = admit(cache, 0, first);
    compute(cache, a, first);
    cache.release(a, first, 8);
    admit(cache, 4, 1, 2, 3, 4, 5, 6, 9); // block 2 must be evicted to make room for its copy
  }

  @Test
  void withoutSharingNothingIsCached() {
    var cache = new PrefixCache(8, 4, false, 1);
    int[] tokens = {1, 2, 3, 4, 5};
    BlockTable a = admit(cache, 0, tokens);
    compute(cache, a, tokens);
    admit(cache, 0, tokens);
    cache.release(a, tokens, 5);
    cache.checkIntegrity();
    assertEquals(6, cache.availableBlocks());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void booksBalanceUnderRandomOperations(long seed) {
    var random = new Random(seed);
    int blockSize = 1 + random.nextInt(5);
    var cache = new PrefixCache(12 + random.nextInt(20), blockSize, true, seed);
    record Live(BlockTable table, int[] tokens, int[] computed) {}
    List<Live> live = new ArrayList<>();
    for (int step = 0; step < 3000; step++) {
      int what = random.nextInt(3);
      if (what == 0) {
        int[] tokens = random.ints(1 + random.nextInt(14), 0, 2).toArray();
        if (cache.admit(tokens, tokens.length, 0, false, copies)
            instanceof Admission.Admitted(var table, int cached)) {
          assertTrue(cached < tokens.length, "seed " + seed);
          live.add(new Live(table, Arrays.copyOf(tokens, 64), new int[] {cached, tokens.length}));
        }
      } else if (!live.isEmpty()) {
        Live s = live.get(random.nextInt(live.size()));
        if (what == 1 && s.computed()[0] < s.computed()[1]) {
          int to = s.computed()[0] + 1 + random.nextInt(s.computed()[1] - s.computed()[0]);
          cache.computed(s.table(), s.tokens(), s.computed()[0], to);
          s.computed()[0] = to;
        } else if (what == 1 && s.computed()[1] < 60) {
          s.tokens()[s.computed()[1]] = random.nextInt(2);
          if (cache.extend(s.table(), s.computed()[1] + 1)) {
            s.computed()[1]++;
          }
        } else {
          cache.release(s.table(), s.tokens(), s.computed()[0]);
          live.remove(s);
        }
      }
      cache.checkIntegrity();
    }
    live.forEach(s -> cache.release(s.table(), s.tokens(), s.computed()[0]));
    cache.checkIntegrity();
    assertEquals(cache.totalBlocks(), cache.availableBlocks(), "seed " + seed);
  }
}
