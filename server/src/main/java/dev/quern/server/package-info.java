/** Quern server. */
package dev.quern.server;
