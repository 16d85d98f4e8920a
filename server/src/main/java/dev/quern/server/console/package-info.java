/** The web console at {@code /}: its pages, and SQL over HTTP for them. */
package dev.quern.server.console;
