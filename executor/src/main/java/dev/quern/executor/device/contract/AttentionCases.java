package dev.quern.executor.device.contract;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.KvScales;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.Rope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Rotary embedding, paged cache and attention. */
final class AttentionCases {
  private static final List<ElementType> TYPES =
      List.of(ElementType.F32, ElementType.F16, ElementType.BF16, ElementType.INT8);

  private static final List<Rope.Style> ALL = List.of(Rope.Style.values());
  private static final List<Rope.Style> SOME = List.of(Rope.Style.INTERLEAVED);

  private AttentionCases() {}

  static List<ContractCase> cases() {
    List<ContractCase> cases = new ArrayList<>();
    for (ElementType type : TYPES) {
      for (int tokens : new int[] {1, 13, 64, 207}) {
        Conversation.Shape shape = new Conversation.Shape(6, 2, 64, tokens);
        cases.add(
            new ContractCase(
                "attention " + type + " tokens=" + tokens,
                (reference, subject, inputs) -> values(reference, subject, inputs, type, shape)));
      }
      cases.add(
          new ContractCase(
              "attention " + type + ": bits do not depend on block size or chunks",
              (_, subject, inputs) -> chunked(subject, inputs, type)));
      cases.add(
          new ContractCase(
              "attention " + type + ": bits do not depend on who shares a prefix",
              (_, subject, inputs) -> shared(subject, inputs, type)));
      cases.add(
          new ContractCase(
              "ropeAttention " + type + " gives the bits of ropeAndStore and attention",
              (_, subject, inputs) -> fused(subject, inputs, type)));
      cases.add(
          new ContractCase(
              "copyBlock " + type + " copies its tokens and no others",
              (_, subject, inputs) -> copied(subject, inputs, type)));
    }
    for (int dim : new int[] {2, 8, 13 * 2, 128}) {
      Conversation.Shape shape = new Conversation.Shape(5, 5, dim, 45);
      cases.add(
          new ContractCase(
              "attention head_dim=" + dim + " without groups",
              (reference, subject, inputs) ->
                  values(reference, subject, inputs, ElementType.F32, shape)));
    }
    for (Conversation.Shape shape :
        List.of(new Conversation.Shape(6, 2, 64, 75), new Conversation.Shape(5, 5, 26, 40))) {
      cases.add(
          new ContractCase(
              "attention INT8 under static scales, head_dim=" + shape.headDim(),
              (reference, subject, inputs) -> staticScales(reference, subject, inputs, shape)));
    }
    for (int[] shape : new int[][] {{6, 2, 32}, {3, 3, 16}, {40, 1, 32}}) {
      cases.add(
          new ContractCase(
              "attention over 1100 keys, heads=" + shape[0] + ": bits do not depend on the batch",
              (_, subject, inputs) -> longPrefix(subject, inputs, shape)));
    }
    cases.add(
        new ContractCase(
            "attention of nested prefixes: bits do not depend on who shares",
            (_, subject, inputs) -> nested(subject, inputs)));
    Conversation.Shape longOne = new Conversation.Shape(1, 1, 16, 4098);
    cases.add(
        new ContractCase(
            "attention tokens=4098",
            (reference, subject, inputs) ->
                values(reference, subject, inputs, ElementType.F32, longOne)));
    return cases;
  }

  private static void values(
      Device reference, Device subject, Inputs inputs, ElementType type, Conversation.Shape shape) {
    for (Rope.Style style : shape.tokens() > 1000 ? SOME : ALL) {
      Conversation talk = new Conversation(inputs, shape, style);
      int chunk = Math.max(1, shape.tokens() - 5); // the rest stands for decoding
      KvSpec spec = shape.spec(type, 16);
      float[] expected = talk.run(reference, spec, chunk);
      float[] actual = talk.run(subject, spec, chunk);
      Compare.within("attention " + style, expected, actual, shape.width(), 2e-5);
    }
  }

  private static void chunked(Device subject, Inputs inputs, ElementType type) {
    Conversation.Shape shape = new Conversation.Shape(6, 2, 32, 107);
    Conversation talk = new Conversation(inputs, shape, Rope.Style.INTERLEAVED);
    float[] whole = talk.run(subject, shape.spec(type, 16), 107);
    for (int blockSize : new int[] {1, 4, 16, 32}) {
      for (int chunk : new int[] {1, 3, 16, 33, 107}) {
        float[] again = talk.run(subject, shape.spec(type, blockSize), chunk);
        Compare.same(
            "block size " + blockSize + ", chunks of " + chunk, whole, again, shape.width());
      }
    }
  }

  private static void shared(Device subject, Inputs inputs, ElementType type) {
    Conversation.Shape shape = new Conversation.Shape(6, 2, 32, 101);
    Conversation talk = new Conversation(inputs, shape, Rope.Style.HALF_SPLIT);
    for (int blockSize : new int[] {1, 4, 16, 32}) {
      KvSpec spec = shape.spec(type, blockSize);
      float[] alone = talk.branches(subject, spec, 9, false, false);
      float[] together = talk.branches(subject, spec, 9, true, false);
      float[] grouped = talk.branches(subject, spec, 9, true, true);
      Compare.same("block size " + blockSize + ", one batch", alone, together, shape.width());
      Compare.same("block size " + blockSize + ", shared", alone, grouped, shape.width());
    }
  }

  private static void fused(Device subject, Inputs inputs, ElementType type) {
    Conversation.Shape shape = new Conversation.Shape(6, 2, 32, 101);
    Conversation talk = new Conversation(inputs, shape, Rope.Style.HALF_SPLIT);
    KvSpec spec = shape.spec(type, 16);
    for (int chunk : new int[] {1, 7, 101}) {
      Compare.same(
          "chunks of " + chunk,
          talk.run(subject, spec, chunk),
          talk.fused().run(subject, spec, chunk),
          shape.width());
    }
    Compare.same(
        "branches",
        talk.branches(subject, spec, 33, true, true),
        talk.fused().branches(subject, spec, 33, true, true),
        shape.width());
  }

  /** Scales below the largest number, so that some are clamped, and one that is 0. */
  private static void staticScales(
      Device reference, Device subject, Inputs inputs, Conversation.Shape shape) {
    Conversation talk = new Conversation(inputs, shape, Rope.Style.INTERLEAVED);
    int channels = 2 * shape.kvWidth();
    float[] scales = inputs.floats(2 * channels);
    for (int i = 0; i < scales.length; i++) {
      scales[i] = i == 3 ? 0 : 1 + Math.abs(scales[i]) / 2;
    }
    KvScales both =
        new KvScales(
            Arrays.copyOf(scales, channels), Arrays.copyOfRange(scales, channels, 2 * channels));
    KvSpec plain = shape.spec(ElementType.INT8, 16);
    KvSpec spec =
        new KvSpec(
            plain.layers(),
            plain.kvHeads(),
            plain.headDim(),
            plain.blocks(),
            plain.blockSize(),
            plain.type(),
            Optional.of(both));
    float[] expected = talk.run(reference, spec, shape.tokens() - 5);
    float[] actual = talk.run(subject, spec, shape.tokens() - 5);
    // Rotated keys may differ in the last bit and then round to the next of the 127 steps.
    Compare.within("attention", expected, actual, shape.width(), 4e-3);
    Compare.same("chunks of 1", actual, talk.run(subject, spec, 1), shape.width());
    Compare.same("copies", actual, talk.runWithCopies(subject, spec), shape.width());
  }

  /** Several segments and many queries a head, against one row at a time. */
  private static void longPrefix(Device subject, Inputs inputs, int[] heads) {
    Conversation.Shape shape = new Conversation.Shape(heads[0], heads[1], heads[2], 1101);
    Conversation talk = new Conversation(inputs, shape, Rope.Style.HALF_SPLIT);
    KvSpec spec = shape.spec(ElementType.F16, 16);
    float[] alone = talk.branches(subject, spec, 9, false, false);
    Compare.same("one batch", alone, talk.branches(subject, spec, 9, true, true), shape.width());
    float[] whole = talk.run(subject, spec, 1101);
    float[] last = Arrays.copyOfRange(whole, 1100 * shape.width(), whole.length);
    Compare.same("prefill", Arrays.copyOf(alone, shape.width()), last, shape.width());
    Compare.same("chunks of 500", whole, talk.run(subject, spec, 500), shape.width());
  }

  private static void nested(Device subject, Inputs inputs) {
    Conversation.Shape shape = new Conversation.Shape(6, 2, 32, 203);
    Conversation talk = new Conversation(inputs, shape, Rope.Style.INTERLEAVED);
    KvSpec spec = shape.spec(ElementType.F16, 16);
    int[] lengths = {203, 203, 140, 140, 77, 203, 16, 203};
    Compare.same(
        "a batch of prefixes",
        talk.prefixes(subject, spec, lengths, false),
        talk.prefixes(subject, spec, lengths, true),
        shape.width());
  }

  private static void copied(Device subject, Inputs inputs, ElementType type) {
    Conversation.Shape shape = new Conversation.Shape(4, 2, 24, 40);
    Conversation talk = new Conversation(inputs, shape, Rope.Style.INTERLEAVED);
    KvSpec spec = shape.spec(type, 16);
    float[] whole = talk.run(subject, spec, 40);
    Compare.same("after the copy", whole, talk.runWithCopies(subject, spec), shape.width());
  }
}
