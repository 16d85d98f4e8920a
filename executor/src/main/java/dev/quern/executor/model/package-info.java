/** Checkpoints and the decoder. */
package dev.quern.executor.model;
