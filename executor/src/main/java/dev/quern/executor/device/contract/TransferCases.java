package dev.quern.executor.device.contract;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.KvCache;
import dev.quern.executor.device.KvScales;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.Rope;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Blocks in exported form: out of a device and into the same or another. */
final class TransferCases {
  private static final List<ElementType> TYPES =
      List.of(ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.INT8);

  private static final byte GUARD = 0x5A;

  private TransferCases() {}

  static List<ContractCase> cases() {
    List<ContractCase> cases = new ArrayList<>();
    for (ElementType type : TYPES) {
      for (int tokens : new int[] {1, 13, 64, 207}) {
        Conversation.Shape shape = new Conversation.Shape(6, 2, 64, tokens);
        cases.add(
            new ContractCase(
                "exportBlocks, importBlocks " + type + " tokens=" + tokens,
                (reference, subject, inputs) ->
                    values(reference, subject, inputs, shape, shape.spec(type, 16), 2e-5)));
      }
      for (int blockSize : new int[] {1, 3, 16}) {
        cases.add(
            new ContractCase(
                "exportBlocks, importBlocks " + type + " block size " + blockSize + ": bits",
                (_, subject, inputs) -> bits(subject, inputs, type, blockSize)));
      }
    }
    Conversation.Shape shape = new Conversation.Shape(5, 5, 26, 40);
    cases.add(
        new ContractCase(
            "exportBlocks, importBlocks INT8 under static scales",
            (reference, subject, inputs) ->
                // Rotated keys may differ in the last bit and then round to the next step.
                values(reference, subject, inputs, shape, fixed(shape, inputs), 4e-3)));
    cases.add(
        new ContractCase(
            "exportBlocks, importBlocks take no other layers, blocks or room",
            (_, subject, _) -> refused(subject)));
    return cases;
  }

  private static KvSpec fixed(Conversation.Shape shape, Inputs inputs) {
    int channels = 2 * shape.kvWidth();
    float[] scales = inputs.floats(2 * channels);
    for (int i = 0; i < scales.length; i++) {
      scales[i] = 1 + Math.abs(scales[i]) / 2;
    }
    KvSpec plain = shape.spec(ElementType.INT8, 7);
    return new KvSpec(
        plain.layers(),
        plain.kvHeads(),
        plain.headDim(),
        plain.blocks(),
        plain.blockSize(),
        plain.type(),
        Optional.of(
            new KvScales(
                Arrays.copyOf(scales, channels),
                Arrays.copyOfRange(scales, channels, 2 * channels))));
  }

  /** A conversation that moves between devices goes on as if it had stayed. */
  private static void values(
      Device reference,
      Device subject,
      Inputs inputs,
      Conversation.Shape shape,
      KvSpec spec,
      double bound) {
    Conversation talk = new Conversation(inputs, shape, Rope.Style.HALF_SPLIT);
    float[] expected = talk.run(reference, spec, shape.tokens());
    float[] stayed = talk.run(subject, spec, shape.tokens());
    int width = shape.width();
    Compare.same("to the same device", stayed, talk.runOverTo(subject, subject, spec), width);
    Compare.within(
        "to the reference", expected, talk.runOverTo(subject, reference, spec), width, bound);
    Compare.within(
        "from the reference", expected, talk.runOverTo(reference, subject, spec), width, bound);
  }

  /** What is imported is exported again bit for bit, and nothing else changes. */
  private static void bits(Device subject, Inputs inputs, ElementType type, int blockSize) {
    Conversation.Shape shape = new Conversation.Shape(3, 3, 26, 37);
    KvSpec spec = shape.spec(type, blockSize);
    Conversation talk = new Conversation(inputs, shape, Rope.Style.INTERLEAVED);
    int[] blocks = talk.blocks(spec);
    try (KvCache full = talk.filled(subject, spec);
        KvCache empty = subject.allocateKv(spec);
        Arena arena = Arena.ofConfined()) {
      byte[] layer = exported(subject, full, Conversation.LAYER, 1, blocks, arena);
      Compare.that(
          Arrays.mismatch(layer, new byte[layer.length]) >= 0, "all bytes of a full layer are 0");
      MemorySegment source = arena.allocate(layer.length);
      source.copyFrom(MemorySegment.ofArray(layer));
      subject.importBlocks(empty, 0, 1, blocks, source);
      Compare.that(
          Arrays.equals(layer, exported(subject, empty, 0, 1, blocks, arena)),
          "bytes of layer 1 came into layer 0 as others");
      byte[] behind = exported(subject, empty, Conversation.LAYER, 1, blocks, arena);
      Compare.that(
          Arrays.equals(behind, new byte[behind.length]), "an import into layer 0 reached layer 1");
      int[] others = complement(spec, blocks);
      byte[] beside = exported(subject, empty, 0, spec.layers(), others, arena);
      Compare.that(
          Arrays.equals(beside, new byte[beside.length]), "an import reached other blocks");
      byte[] whole = exported(subject, full, 0, spec.layers(), blocks, arena);
      int bytes = layer.length / blocks.length;
      for (int b = 0; b < blocks.length; b++) {
        int at = (spec.layers() * b + Conversation.LAYER) * bytes;
        Compare.that(
            Arrays.equals(layer, b * bytes, (b + 1) * bytes, whole, at, at + bytes),
            "block " + b + ": its layer 1 alone is not its layer 1 among all");
      }
    }
  }

  private static int[] complement(KvSpec spec, int[] blocks) {
    boolean[] taken = new boolean[spec.blocks()];
    Arrays.stream(blocks).forEach(b -> taken[b] = true);
    return IntStream.range(0, taken.length).filter(b -> !taken[b]).toArray();
  }

  /** The exported bytes, after those behind them were found untouched. */
  private static byte[] exported(
      Device device, KvCache cache, int firstLayer, int layers, int[] blocks, Arena arena) {
    long bytes = blocks.length * cache.spec().exportedBlockBytes(layers);
    MemorySegment target = arena.allocate(bytes + 64);
    target.asSlice(bytes).fill(GUARD);
    device.exportBlocks(cache, firstLayer, layers, blocks, target);
    for (long i = bytes; i < target.byteSize(); i++) {
      Compare.that(
          target.get(ValueLayout.JAVA_BYTE, i) == GUARD, "byte " + (i - bytes) + " behind changed");
    }
    return target.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
  }

  private static void refused(Device subject) {
    var spec = new KvSpec(2, 1, 4, 3, 2, ElementType.F16);
    try (KvCache cache = subject.allocateKv(spec);
        Arena arena = Arena.ofConfined()) {
      MemorySegment room = arena.allocate(spec.exportedBlockBytes(2));
      refused(() -> subject.exportBlocks(cache, 1, 2, new int[] {0}, room));
      refused(() -> subject.exportBlocks(cache, 0, 0, new int[] {0}, room));
      refused(() -> subject.importBlocks(cache, 0, 2, new int[] {3}, room));
      refused(() -> subject.exportBlocks(cache, 0, 2, new int[] {0, 1}, room));
      refused(() -> subject.importBlocks(cache, -1, 2, new int[] {0}, room));
    }
  }

  private static void refused(Runnable call) {
    try {
      call.run();
    } catch (IllegalArgumentException _) {
      return;
    }
    throw new ContractViolation("a call beyond the cache or its memory was not refused");
  }
}
