package dev.quern.executor.schedule;

/**
 * @param maxSequences most sequences that run at once
 * @param maxTokens most tokens of a step
 * @param chunkedPrefill whether a prompt may be spread over steps; otherwise every prompt must fit
 *     in one
 * @param maxStepMillis about how long a step may take while a sequence with a priority above 0
 *     waits or runs, and for 30 s of steps after the last; 0: no such limit
 */
public record SchedulerLimits(
    int maxSequences, int maxTokens, boolean chunkedPrefill, int maxStepMillis) {}
