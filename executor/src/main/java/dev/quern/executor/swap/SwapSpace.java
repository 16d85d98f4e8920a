package dev.quern.executor.swap;

import dev.quern.executor.cache.EvictedBlocks;
import dev.quern.executor.cache.TokenPath;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Contents of evicted blocks: newly evicted ones in host memory, from there the least recently used
 * on to a spill file, from there to nowhere. A block that has come back to the device keeps its
 * slot until room is wanted, so that it need not be copied out again.
 *
 * <p>Invariants, see {@link #checkIntegrity}: a block stands once, slots never hold more bytes than
 * the bounds, and what comes back was put away for the same tokens behind the same tokens.
 */
public final class SwapSpace implements EvictedBlocks, AutoCloseable {
  private final BlockTransfer transfer;
  private final Consumer<String> warnings;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment staging;
  private final TreeSet<SwappedBlock> index = new TreeSet<>();
  private final List<SwapTier> tiers = new ArrayList<>(); // fastest first
  private int longest; // tokens of a block

  /**
   * Swap space without a place; see {@link #withHostMemory} and {@link #withSpillFile}.
   *
   * @param warnings receives a line when a place fails and is given up
   */
  public SwapSpace(BlockTransfer transfer, Consumer<String> warnings) {
    this.transfer = transfer;
    this.warnings = warnings;
    staging = arena.allocate(transfer.blockBytes(), 64);
  }

  /** Adds host memory for whole blocks of at most {@code bytes}. */
  public SwapSpace withHostMemory(long bytes) {
    return with(new HostSlots(transfer.blockBytes()), bytes);
  }

  /** Adds a new file behind the places added before, for whole blocks of at most {@code bytes}. */
  public SwapSpace withSpillFile(Path folder, long bytes) throws IOException {
    return withStorage(SpillStorage.in(folder), bytes);
  }

  SwapSpace withStorage(SpillStorage storage, long bytes) {
    return with(new SpillFile(storage, transfer.blockBytes()), bytes);
  }

  private SwapSpace with(SwapSlots place, long bytes) {
    int capacity = (int) Math.min(Integer.MAX_VALUE, bytes / transfer.blockBytes());
    if (capacity > 0) {
      tiers.add(new SwapTier(place, capacity));
    } else {
      place.close();
    }
    return this;
  }

  /** Whether there is a place for blocks. */
  public boolean hasPlace() {
    return !tiers.isEmpty();
  }

  /** Bytes of the blocks held now. */
  public long bytes() {
    return index.size() * transfer.blockBytes();
  }

  @Override
  public int blocks() {
    return index.size();
  }

  @Override
  public void keep(long parentHash, TokenPath path, int block) {
    if (tiers.isEmpty()) {
      return;
    }
    var evicted = new SwappedBlock(parentHash, path);
    SwappedBlock after = index.ceiling(evicted);
    if (after != null && after.parentHash == parentHash && path.begins(after.path)) {
      after.loaded = false;
      after.tier.keepLong(after); // its tokens, or more, are here already
      return;
    }
    SwappedBlock before = index.lower(evicted);
    if (before != null && before.parentHash == parentHash && before.path.begins(path)) {
      drop(before);
    }
    MemorySegment content = staging.asSlice(0, transfer.blockBytes());
    transfer.exportBlocks(new int[] {block}, content);
    if (store(evicted, content, 0)) {
      index.add(evicted);
      longest = Math.max(longest, path.length());
    }
  }

  /** Stores a block in this place or behind; false when it went nowhere. */
  private boolean store(SwappedBlock block, MemorySegment content, int at) {
    if (at >= tiers.size()) {
      return false;
    }
    SwapTier tier = tiers.get(at);
    try {
      if (tier.full()) {
        makeRoom(tier, at);
      }
      tier.put(block, content);
      return true;
    } catch (IOException e) {
      fail(tier, e);
      return store(block, content, at);
    }
  }

  private void makeRoom(SwapTier tier, int at) throws IOException {
    SwappedBlock oldest = tier.first();
    boolean last = oldest.loaded || at + 1 == tiers.size();
    // Only host memory stands in front of another place, and is read where it stands: the staging
    // area holds the block that room is made for.
    MemorySegment content = last ? null : tier.content(oldest, null);
    tier.remove(oldest);
    if (last || !store(oldest, content, at + 1)) {
      index.remove(oldest);
    }
  }

  private void drop(SwappedBlock block) {
    block.tier.remove(block);
    index.remove(block);
  }

  /**
   * A place is given up with all that is in it, at once: others want its room, such as a job's
   * output on the same disk. Its tokens will be computed again.
   */
  private void fail(SwapTier tier, IOException e) {
    tiers.remove(tier);
    tier.close();
    tier.blocks()
        .forEach(b -> {
          b.tier = null;
          index.remove(b);
        });
    warnings.accept(
        "swap space: "
            + tier
            + " failed and is off now; evicted tokens are computed again: "
            + e.getMessage());
  }

  @Override
  public List<Kept> find(long parentHash, TokenPath parent, int[] tokens, int from, int to) {
    List<Kept> found = new ArrayList<>();
    long hash = parentHash;
    TokenPath proven = parent;
    int at = from;
    while (at < to) {
      Optional<SwappedBlock> closest = closest(hash, tokens, at, to);
      if (closest.isEmpty() || !closest.get().path.follows(tokens, at, proven)) {
        break;
      }
      SwappedBlock block = closest.get();
      int common = block.path.common(tokens, to);
      if (common == 0) {
        break;
      }
      found.add(new Found(block, common));
      at += common;
      if (common < block.path.length()) {
        break;
      }
      hash = block.hash;
      proven = block.path;
    }
    return found;
  }

  /** The block behind this hash with the most of the tokens: a neighbour in the index. */
  private Optional<SwappedBlock> closest(long hash, int[] tokens, int from, int to) {
    int end = Math.min(to, from + longest);
    var probe = new SwappedBlock(hash, TokenPath.probe(tokens, from, end));
    SwappedBlock above = index.ceiling(probe);
    SwappedBlock below = index.lower(probe);
    int high = above == null || above.parentHash != hash ? 0 : above.path.common(tokens, to);
    int low = below == null || below.parentHash != hash ? 0 : below.path.common(tokens, to);
    if (high == 0 && low == 0) {
      return Optional.empty();
    }
    return Optional.of(high >= low ? above : below);
  }

  private final class Found implements Kept {
    private final SwappedBlock block;
    private final int tokens;

    Found(SwappedBlock block, int tokens) {
      this.block = block;
      this.tokens = tokens;
    }

    @Override
    public int tokens() {
      return tokens;
    }

    @Override
    public boolean load(int id) {
      SwapTier tier = block.tier;
      if (tier == null) {
        return false; // gave way to what was evicted since
      }
      try {
        transfer.importBlocks(new int[] {id}, tier.content(block, staging));
      } catch (IOException e) {
        fail(tier, e);
        return false;
      }
      block.loaded = tokens == block.path.length();
      if (block.loaded) {
        tier.giveUpSoon(block);
      } else {
        tier.keepLong(block);
      }
      return true;
    }
  }

  /**
   * Proves the books: every block stands in the index and in one slot, none twice.
   *
   * @throws IllegalStateException that says what is wrong
   */
  public void checkIntegrity() {
    int held = 0;
    for (SwapTier tier : tiers) {
      tier.checkIntegrity();
      held += tier.blocks().size();
      for (SwappedBlock block : tier.blocks()) {
        if (index.floor(block) != block) {
          throw new IllegalStateException(block + " is not in the index");
        }
      }
    }
    if (held != index.size()) {
      throw new IllegalStateException("slots hold " + held + " blocks, the index " + index.size());
    }
  }

  @Override
  public void close() {
    tiers.forEach(SwapTier::close);
    arena.close();
  }
}
