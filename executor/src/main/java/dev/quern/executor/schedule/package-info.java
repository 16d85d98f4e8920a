/** Continuous batching: which sequences take part in a step, and with how many tokens. */
package dev.quern.executor.schedule;
