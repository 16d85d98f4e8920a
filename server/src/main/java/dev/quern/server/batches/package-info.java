/**
 * OpenAI's Files and Batch API. A batch is an offline job on the engine that serves online
 * requests: its rows have priority 0 and run in windows; answers go to disk as they come, and the
 * file of answers is the journal from which a batch goes on after a restart.
 */
package dev.quern.server.batches;
