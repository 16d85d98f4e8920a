package dev.quern.executor.schedule;

/**
 * @param maxSequences most sequences that run at once
 * @param maxTokens most tokens of a step
 * @param chunkedPrefill whether a prompt may be spread over steps; otherwise every prompt must fit
 *     in one
 */
public record SchedulerLimits(int maxSequences, int maxTokens, boolean chunkedPrefill) {}
