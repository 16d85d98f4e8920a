/** The specification: every operation as plain float32 Java, written to be read. */
package dev.quern.executor.device.reference;
