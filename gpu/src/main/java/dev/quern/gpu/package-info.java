/** Quern gpu. */
package dev.quern.gpu;
