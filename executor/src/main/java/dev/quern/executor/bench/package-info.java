/** What {@code quern bench} measures: an engine's speed beside the machine's limits. */
package dev.quern.executor.bench;
