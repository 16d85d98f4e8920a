/**
 * The device contract: named cases that compare a device with the reference at odd sizes, with
 * error bounds, guard words around outputs, and bit-for-bit independence from batch, chunking,
 * block size and sharing. It needs no test framework: {@code quern verify-gpu} runs it.
 */
package dev.quern.executor.device.contract;
