package dev.quern.planner.order;

/**
 * What putting a value first is worth for the rows that share it: length^power * (rows - 1). Power
 * 1 counts characters saved; GGR takes 2, which prefers long values to frequent ones and so wastes
 * fewer of them on being split by others.
 *
 * @param names whether a field's name and punctuation count beside its value
 * @param dependents whether fields that are constant in the group count too
 */
record Gain(double power, boolean names, boolean dependents) {
  double of(long length, int rows) {
    return (power == 2 ? (double) length * length : Math.pow((double) length, power)) * (rows - 1);
  }
}
