/**
 * Paged KV blocks and the prefix tree over them. Bookkeeping only: it names blocks, the device
 * holds their contents. Not thread-safe; one scheduler owns it.
 */
package dev.quern.executor.cache;
