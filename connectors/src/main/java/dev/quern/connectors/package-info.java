/** Quern connectors. */
package dev.quern.connectors;
