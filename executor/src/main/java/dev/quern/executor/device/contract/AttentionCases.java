package dev.quern.executor.device.contract;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.ElementType;
import dev.quern.executor.device.KvSpec;
import dev.quern.executor.device.Rope;
import java.util.ArrayList;
import java.util.List;

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

  private static void copied(Device subject, Inputs inputs, ElementType type) {
    Conversation.Shape shape = new Conversation.Shape(4, 2, 24, 40);
    Conversation talk = new Conversation(inputs, shape, Rope.Style.INTERLEAVED);
    KvSpec spec = shape.spec(type, 16);
    float[] whole = talk.run(subject, spec, 40);
    Compare.same("after the copy", whole, talk.runWithCopies(subject, spec), shape.width());
  }
}
