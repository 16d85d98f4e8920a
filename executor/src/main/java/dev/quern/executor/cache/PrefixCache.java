package dev.quern.executor.cache;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The blocks of a KV cache and the tree of token prefixes that they hold.
 *
 * <p>Sharing is exact to the token: full blocks are shared, a partly matching block is copied on
 * write. Blocks of a prompt are published when the sequence is admitted, before they are computed,
 * so that a later sequence with the same tokens waits for them instead of computing them again.
 * Blocks of finished sequences stay until their memory is wanted: first those go that no waiting
 * sequence shares ({@link #demand}), least recently used first, leaves first.
 *
 * <p>Invariant: free + cached (in the tree, unheld) + held = total; see {@link #checkIntegrity}.
 */
public final class PrefixCache {
  private static final int EVICTED_HASHES = 1 << 16;

  private final int blockSize;
  private final int total;
  private final boolean sharing;
  private final EvictedBlocks swap;
  private final ArrayDeque<Integer> free = new ArrayDeque<>();
  private final KvBlock root = new KvBlock(KvBlock.NO_ID, 0);
  private final Set<KvBlock> held = new HashSet<>();
  private final UnheldBlocks unheld = new UnheldBlocks();

  /**
   * Hashes of blocks lost to eviction, oldest dropped first: computing one again is a
   * recomputation.
   */
  private final Map<Long, Boolean> evicted =
      new LinkedHashMap<>() {
        @java.io.Serial private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
          return size() > EVICTED_HASHES;
        }
      };

  private int cached;
  private long clock;
  private long recomputed;

  /**
   * @param blocks number of blocks of the device's cache
   * @param sharing false: no sequence uses another's blocks (--enable-prefix-caching=false)
   * @param fingerprint of model, element type and scheme: the start of every block's hash
   */
  public PrefixCache(int blocks, int blockSize, boolean sharing, long fingerprint) {
    this(blocks, blockSize, sharing, fingerprint, EvictedBlocks.NONE);
  }

  /**
   * The same with a place for evicted blocks.
   *
   * @param swap keeps the contents of evicted blocks and brings them back
   */
  public PrefixCache(
      int blocks, int blockSize, boolean sharing, long fingerprint, EvictedBlocks swap) {
    this.swap = swap;
    this.total = blocks;
    this.blockSize = blockSize;
    this.sharing = sharing;
    root.hash = fingerprint;
    for (int id = 0; id < blocks; id++) {
      free.add(id);
    }
  }

  public int blockSize() {
    return blockSize;
  }

  public int totalBlocks() {
    return total;
  }

  /** Tells the cache whom to ask what waiting sequences will want. */
  public void demand(Demand demand) {
    unheld.demand(demand);
  }

  /** Notes that a sequence with these tokens has begun or ceased to wait. */
  public void demandChanged(int[] tokens, int length) {
    if (cached == 0) {
      return;
    }
    List<Demand.Match> matches = unheld.nearest(tokens, length);
    KvBlock node = root;
    for (int position = 0; position < length; position += blockSize) {
      node = closest(node, tokens, position, length);
      int common = node == null ? 0 : node.commonPrefix(tokens, position, length);
      if (common < blockSize) {
        if (common > 0 && node.users == 0) {
          unheld.rate(node);
        }
        return;
      }
      if (node.users == 0) {
        unheld.rate(node, matches);
      }
    }
  }

  /** Whether sequences use one another's blocks, and find their own again. */
  public boolean sharing() {
    return sharing;
  }

  /** Blocks that can be had now: free ones and cached ones that nobody holds. */
  public int availableBlocks() {
    return free.size() + cached;
  }

  /** Blocks that sequences hold. */
  public int heldBlocks() {
    return held.size();
  }

  /** Blocks that nobody holds and whose contents are kept. */
  public int cachedBlocks() {
    return cached;
  }

  /** Blocks without contents. */
  public int freeBlocks() {
    return free.size();
  }

  /** Evicted blocks whose contents are kept elsewhere. */
  public int swappedBlocks() {
    return swap.blocks();
  }

  /** The tree as it is now. */
  public CachedPrefixes prefixes() {
    return CachedPrefixes.of(root);
  }

  /** Tokens admitted for computation although they had been computed before and were evicted. */
  public long recomputedTokens() {
    return recomputed;
  }

  /** {@link #admit(int[], int, int, boolean, boolean, List)} with all that is there shared. */
  public Admission admit(
      int[] tokens, int length, int reserve, boolean sparing, List<BlockCopy> copies) {
    return admit(tokens, length, reserve, sparing, true, copies);
  }

  /**
   * Takes blocks for the first {@code length} tokens, sharing what is there. All but the last token
   * may be shared: the model must run once to yield logits for the next one.
   *
   * @param reserve blocks that must stay available for sequences that run already
   * @param sparing whether cached blocks that waiting sequences want must stay
   * @param reuse false: nothing that is there is shared, so that every token is computed
   * @param copies receives the copy that must run before the sequence's first step, if any
   */
  public Admission admit(
      int[] tokens,
      int length,
      int reserve,
      boolean sparing,
      boolean reuse,
      List<BlockCopy> copies) {
    var table = new BlockTable();
    int position = 0;
    KvBlock node = root;
    KvBlock partial = null;
    int partialTokens = 0;
    while (sharing && reuse) {
      KvBlock child = closest(node, tokens, position, length - 1);
      int common = child == null ? 0 : child.commonPrefix(tokens, position, length - 1);
      if (common == 0) {
        break;
      }
      if (common > child.computed) {
        return new Admission.AwaitPrefix(position + common);
      }
      if (common < blockSize) {
        partial = child;
        partialTokens = common;
        break;
      }
      table.add(child);
      position += blockSize;
      node = child;
    }
    int missing = missing(length, table, partial, reserve, sparing);
    if (missing > 0 && partial != null && !sparing) {
      // The block to copy from may be the very one that is missing: computing its tokens again is
      // better than waiting for ever.
      partial = null;
      partialTokens = 0;
      missing = missing(length, table, null, reserve, false);
    }
    if (missing > 0) {
      return new Admission.Wait(missing);
    }
    table.blocks.forEach(this::hold);
    List<EvictedBlocks.Kept> kept =
        sharing && reuse
            ? swap.find(node.hash, node.path(), tokens, position, length - 1)
            : List.of();
    if (!kept.isEmpty() && kept.getFirst().tokens() <= partialTokens) {
      kept = List.of();
    } else if (!kept.isEmpty()) {
      partial = null;
      partialTokens = 0;
    }
    if (partial != null) {
      hold(partial); // must outlive the copy
    }
    int cachedTokens = position + partialTokens;
    int swapped = 0;
    KvBlock source = partial;
    while (position < length) {
      KvBlock block = allocate();
      int count = Math.min(blockSize, length - position);
      System.arraycopy(tokens, position, block.tokens, 0, count);
      block.known = count;
      if (partial != null) {
        copies.add(new BlockCopy(partial.id, block.id, partialTokens));
        block.computed = partialTokens;
        partial = null;
      } else if (swapped < kept.size()) {
        EvictedBlocks.Kept next = kept.get(swapped++);
        if (next.load(block.id)) {
          block.computed = next.tokens();
          cachedTokens += next.tokens();
        } else {
          swapped = kept.size(); // what stands behind a lost block is of no use
        }
      }
      table.add(block);
      node = publish(node, block) ? block : null;
      countRecomputed(block, length - position);
      position += count;
    }
    if (source != null) {
      letGo(source); // now that the copy stands in the tree
    }
    return new Admission.Admitted(table, cachedTokens);
  }

  /** Blocks that an admission lacks; more than 0: it must wait. */
  private int missing(int length, BlockTable table, KvBlock partial, int reserve, boolean sparing) {
    int idle = 0;
    int wanted = unheld.wanted();
    for (KvBlock block : table.blocks) {
      idle += block.users == 0 ? 1 : 0;
      wanted -= block.nextUse == null ? 0 : 1;
    }
    if (partial != null) {
      idle += partial.users == 0 ? 1 : 0;
      wanted -= partial.nextUse == null ? 0 : 1;
    }
    int spared = sparing ? Math.min(wanted, total / 2) : 0;
    return blocksFor(length) - table.size() + reserve - (availableBlocks() - idle - spared);
  }

  /**
   * Makes room for tokens up to {@code length}.
   *
   * @return false when no block is to be had; the table is unchanged then
   */
  public boolean extend(BlockTable table, int length) {
    int wanted = blocksFor(length) - table.size();
    if (wanted > availableBlocks()) {
      return false;
    }
    for (int i = 0; i < wanted; i++) {
      table.add(allocate());
    }
    return true;
  }

  /** Notes that the keys and values of the first {@code length} tokens stand in the blocks. */
  public void computed(BlockTable table, int[] tokens, int from, int length) {
    for (int b = from / blockSize; b * blockSize < length; b++) {
      KvBlock block = table.blocks.get(b);
      int start = b * blockSize;
      int count = Math.min(blockSize, length - start);
      block.computed = Math.min(Math.max(block.computed, count), blockSize);
      if (count == blockSize && block.known < blockSize) {
        name(table, b, tokens, blockSize);
      }
    }
  }

  /**
   * Gives the sequence's blocks back; what it computed (the first {@code length} tokens) stays
   * cached.
   */
  public void release(BlockTable table, int[] tokens, int length) {
    clock++;
    List<Demand.Match> matches = unheld.nearest(tokens, length);
    for (int b = table.blocks.size() - 1; b >= 0; b--) {
      KvBlock block = table.blocks.get(b);
      int count = Math.clamp(length - (long) b * blockSize, 0, blockSize);
      boolean own = block.users == 1;
      if (own && block.known != count) {
        name(table, b, tokens, count);
      }
    }
    for (int b = table.blocks.size() - 1; b >= 0; b--) {
      letGo(table.blocks.get(b), matches);
    }
    table.blocks.clear();
  }

  /**
   * Gives the block its tokens and its place in the tree, in which blocks stand under their tokens.
   */
  private void name(BlockTable table, int index, int[] tokens, int count) {
    KvBlock block = table.blocks.get(index);
    if (block.published()) {
      unpublish(block);
    }
    System.arraycopy(tokens, index * blockSize, block.tokens, 0, count);
    block.known = count;
    block.computed = Math.min(block.computed, count);
    if (count > 0) {
      publish(index == 0 ? root : table.blocks.get(index - 1), block);
    }
  }

  /**
   * Stands the block under its parent; false when sharing is off or a twin stands there already.
   */
  private boolean publish(KvBlock parent, KvBlock block) {
    if (!sharing || parent == null || (parent != root && (!parent.published() || !parent.full()))) {
      return false;
    }
    if (!parent.children.add(block)) {
      return false;
    }
    unheld.removeLeaf(parent);
    block.parent = parent;
    block.start = parent == root ? 0 : parent.start + blockSize;
    block.hash = ContentHash.chain(parent.hash, block.tokens, 0, block.known);
    return true;
  }

  private void unpublish(KvBlock block) {
    KvBlock parent = block.parent;
    parent.children.remove(block);
    block.unpublish();
    unheld.left(parent, block);
    offerForEviction(parent);
  }

  private void hold(KvBlock block) {
    if (block.users++ == 0) {
      unheld.removeLeaf(block);
      unheld.forget(block);
      held.add(block);
      cached--;
    }
  }

  private void letGo(KvBlock block) {
    if (letGoUnrated(block)) {
      unheld.rate(block);
    }
  }

  private void letGo(KvBlock block, List<Demand.Match> matches) {
    if (letGoUnrated(block)) {
      unheld.rate(block, matches);
    }
  }

  /** Whether the block stays in the tree and nobody holds it any more. */
  private boolean letGoUnrated(KvBlock block) {
    if (--block.users > 0) {
      return false;
    }
    held.remove(block);
    if (!block.published()) {
      free.add(block.id);
      return false;
    }
    cached++;
    block.lastUse = clock;
    offerForEviction(block);
    return true;
  }

  private void offerForEviction(KvBlock block) {
    if (block != root && block.users == 0 && block.children.isEmpty()) {
      unheld.addLeaf(block);
    }
  }

  private KvBlock allocate() {
    if (free.isEmpty()) {
      KvBlock victim = unheld.pollFirst();
      if (victim == null) {
        throw new IllegalStateException(
            "no block to evict; callers must ask availableBlocks first");
      }
      evicted.put(victim.hash, true);
      if (victim.computed == victim.known) {
        swap.keep(victim.parent.hash, victim.path(), victim.id);
      }
      unpublish(victim);
      cached--;
      free.add(victim.id);
    }
    var block = new KvBlock(free.poll(), blockSize);
    block.users = 1;
    held.add(block);
    return block;
  }

  /**
   * @param rest tokens from the block's first to the sequence's last, which is computed in any case
   */
  private void countRecomputed(KvBlock block, int rest) {
    if (block.published() && evicted.remove(block.hash) != null && block.computed < rest - 1) {
      recomputed += block.known - block.computed;
    }
  }

  /** The child with the longest common prefix: a neighbour of the tokens in the sorted set. */
  private static KvBlock closest(KvBlock node, int[] tokens, int from, int to) {
    if (from >= to || node.children.isEmpty()) {
      return null;
    }
    int length = node.children.first().tokens.length;
    var probe = new KvBlock(KvBlock.NO_ID, length);
    probe.known = Math.min(length, to - from);
    System.arraycopy(tokens, from, probe.tokens, 0, probe.known);
    Optional<KvBlock> below = Optional.ofNullable(node.children.floor(probe));
    Optional<KvBlock> above = Optional.ofNullable(node.children.ceiling(probe));
    int low = below.map(b -> b.commonPrefix(tokens, from, to)).orElse(-1);
    int high = above.map(b -> b.commonPrefix(tokens, from, to)).orElse(-1);
    if (low == high && low >= 0) {
      return below.get().computed >= above.get().computed ? below.get() : above.get();
    }
    return low > high ? below.get() : above.get();
  }

  private int blocksFor(int tokens) {
    return Math.ceilDiv(tokens, blockSize);
  }

  /**
   * Proves the books: every block is free, cached or held, none twice, and the tree is whole.
   *
   * @throws IllegalStateException that says which sum is wrong
   */
  public void checkIntegrity() {
    List<KvBlock> open = new ArrayList<>(List.of(root));
    Set<Integer> seen = new HashSet<>(free);
    int inTree = 0;
    int idle = 0;
    int wanted = 0;
    require(seen.size() == free.size(), "a block is free twice: " + free);
    while (!open.isEmpty()) {
      KvBlock node = open.removeLast();
      for (KvBlock child : node.children) {
        require(child.parent == node, child + " has another parent than the one it stands under");
        require(node == root || node.full(), node + " has children and is not full");
        require(child.users <= node.users || node == root, child + " is held, its parent less");
        inTree++;
        idle += child.users == 0 ? 1 : 0;
        require(
            unheld.hasLeaf(child) == (child.users == 0 && child.children.isEmpty()),
            child + " is offered for eviction and must not be, or the other way round");
        wanted += child.nextUse == null ? 0 : 1;
        require(child.users == 0 || child.nextUse == null, child + " is held and kept for later");
        require(child.users > 0 || seen.add(child.id), child + " is free or stands twice");
        open.add(child);
      }
    }
    for (KvBlock block : held) {
      require(block.users > 0 && seen.add(block.id), block + " is held and also free or cached");
    }
    require(idle == cached, "cached says " + cached + " but " + idle + " of " + inTree + " are");
    require(unheld.wanted() == wanted, unheld.wanted() + " blocks are wanted, not " + wanted);
    require(
        free.size() + cached + held.size() == total,
        "free " + free.size() + " + cached " + cached + " + held " + held.size() + " != " + total);
  }

  /**
   * Proves the reference counts: a block has as many users as tables that name it.
   *
   * @param tables those of all sequences
   * @throws IllegalStateException that names the block
   */
  public void checkHolds(Collection<BlockTable> tables) {
    Map<KvBlock, Integer> users = new HashMap<>();
    tables.forEach(t -> t.blocks.forEach(b -> users.merge(b, 1, Integer::sum)));
    require(users.keySet().equals(held), "held are " + held + " but tables name " + users.keySet());
    users.forEach((b, n) -> require(b.users == n, b + " stands in " + n + " tables"));
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalStateException(message);
    }
  }
}
