package dev.quern.executor.device.contract;

import dev.quern.executor.device.Device;
import dev.quern.executor.device.SamplingRow;
import java.util.ArrayList;
import java.util.List;

/** The sampler: the same ids as the reference for the same logits. */
final class SamplingCases {
  private SamplingCases() {}

  static List<ContractCase> cases() {
    List<ContractCase> cases = new ArrayList<>();
    for (int ids : new int[] {13, 64, 207, 4098, 100_003}) {
      cases.add(
          new ContractCase(
              "sample of " + ids + " ids",
              (reference, subject, inputs) -> sample(reference, subject, inputs, ids)));
    }
    return cases;
  }

  private static void sample(Device reference, Device subject, Inputs inputs, int ids) {
    int count = 9;
    float[] logits = inputs.floats(count * ids);
    int[] prompt = inputs.ints(20, ids);
    int[] answer = inputs.ints(10, ids);
    int[] banned = inputs.ints(3, ids);
    SamplingRow[] rows = new SamplingRow[count];
    for (int i = 0; i < count; i++) {
      rows[i] =
          new SamplingRow(
              i % 3 * 0.7,
              i % 2 == 0 ? 1 : 0.8,
              i % 4 == 0 ? 0 : 5,
              i % 5 == 0 ? 0.1 : 0,
              i < 3 ? 1 : 1.3,
              i < 5 ? 0 : 0.5,
              i < 6 ? 0 : 0.2,
              99 + i,
              i,
              prompt,
              answer,
              7,
              banned);
    }
    Compare.same("ids", draw(reference, logits, rows, ids), draw(subject, logits, rows, ids));
  }

  private static int[] draw(Device device, float[] logits, SamplingRow[] rows, int ids) {
    int[] drawn = new int[rows.length];
    try (Guarded tensor = Guarded.plain(device, logits, rows.length, ids)) {
      device.sample(drawn, tensor.tensor(), rows, rows.length);
    }
    return drawn;
  }
}
