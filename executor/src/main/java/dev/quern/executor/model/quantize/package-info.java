/** Quantization of weights while they are loaded: the formats that are made, and from what. */
package dev.quern.executor.model.quantize;
