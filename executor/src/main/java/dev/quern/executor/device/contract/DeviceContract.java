package dev.quern.executor.device.contract;

import java.util.ArrayList;
import java.util.List;

/** All cases of the device contract. */
public final class DeviceContract {
  /** Sizes at which loops over lanes, panels, blocks and chunks end unevenly. */
  static final int[] SIZES = {1, 13, 64, 207, 4098};

  private DeviceContract() {}

  /** The cases in the order of a model step. */
  public static List<ContractCase> cases() {
    List<ContractCase> cases = new ArrayList<>();
    cases.addAll(RowCases.cases());
    cases.addAll(ProductCases.cases());
    cases.addAll(FormatCases.cases());
    cases.addAll(AttentionCases.cases());
    cases.addAll(TransferCases.cases());
    cases.addAll(ExpertCases.cases());
    cases.addAll(SamplingCases.cases());
    return List.copyOf(cases);
  }
}
