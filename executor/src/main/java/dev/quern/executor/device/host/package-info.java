/**
 * Arithmetic that every device on the host shares with the specification: number formats, rotary
 * angles, the choice of experts, dynamic quantization of activations, the sampler.
 */
package dev.quern.executor.device.host;
