/** Weights on disk in the layout that the CPU device runs: what {@code quern quantize} writes. */
package dev.quern.executor.model.packed;
