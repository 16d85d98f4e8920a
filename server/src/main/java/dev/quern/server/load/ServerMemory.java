package dev.quern.server.load;

/**
 * Memory of a server's process, in bytes.
 *
 * @param heapAfterGc objects that a full collection leaves
 * @param anonymous resident memory that is no mapped file: heap, weights, caches
 * @param directBuffers Java's buffers outside its heap
 * @param threads platform threads
 */
public record ServerMemory(long heapAfterGc, long anonymous, long directBuffers, int threads) {}
