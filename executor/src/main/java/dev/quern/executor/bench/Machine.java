package dev.quern.executor.bench;

/**
 * The machine in the run that it was measured in.
 *
 * @param isa instruction set of the kernels
 * @param peakInt8MacsPerSecond exact int8 multiply-adds of all threads, from registers
 * @param peakReadBytesPerSecond reads of 1 GiB by all threads
 * @param peakMemoryBytes most anonymous resident memory, without the buffer that the reads took
 */
public record Machine(
    int threads,
    String isa,
    double peakInt8MacsPerSecond,
    double peakReadBytesPerSecond,
    long peakMemoryBytes) {}
