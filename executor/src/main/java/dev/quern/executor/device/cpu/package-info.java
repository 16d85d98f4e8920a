/**
 * The CPU device: weights in panels off the heap, hot loops in C called through FFM, and the same
 * kernels in Java where no native library stands.
 */
package dev.quern.executor.device.cpu;
