package dev.quern.planner.order;

import java.util.List;

/**
 * A way to group rows greedily.
 *
 * @param gain what decides which value goes first
 * @param constantsFirst whether fields that are constant in a group go first in it; where not, a
 *     group that no value is worth splitting takes the order by statistics
 * @param mostGroups groups that may leave a level, those that left the levels above it included
 * @param mostFields fields that may be chosen by grouping in one prompt
 * @param leastGain gain below which no group is made
 */
record Rule(Gain gain, boolean constantsFirst, int mostGroups, int mostFields, double leastGain) {
  /** GGR as published (MLSys 2025), with limits that let it run to its end on most tables. */
  static final Rule GGR = new Rule(new Gain(2, false, false), false, 400, 6, 1);

  /** GGR with the limits of the publication. */
  static final Rule GGR_LIMITED = new Rule(new Gain(2, false, false), false, 4, 2, 100_000);

  /** Variants without an end: each wins on some table of the tests. */
  static final List<Rule> UNLIMITED =
      List.of(
          unlimited(new Gain(2, true, false)),
          unlimited(new Gain(3, true, false)),
          unlimited(new Gain(1.5, true, true)));

  static Rule unlimited(Gain gain) {
    return new Rule(gain, true, Integer.MAX_VALUE, Integer.MAX_VALUE, 0);
  }
}
