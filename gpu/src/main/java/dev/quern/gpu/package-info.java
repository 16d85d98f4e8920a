/** The CUDA device, through JCuda; nothing outside this module sees {@code jcuda.*}. */
package dev.quern.gpu;
