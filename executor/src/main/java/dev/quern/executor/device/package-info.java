/**
 * The device seam: tensors are opaque handles, operations are coarse, model code is written once.
 */
package dev.quern.executor.device;
