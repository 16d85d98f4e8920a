/**
 * Swap space: contents of KV blocks that the prefix cache has given up, in host memory and in a
 * spill file. Not thread-safe; the engine's thread owns it.
 */
package dev.quern.executor.swap;
