/**
 * The decoder: model code written once, for every device and every rank of a tensor-parallel group.
 */
package dev.quern.executor.model.decoder;
