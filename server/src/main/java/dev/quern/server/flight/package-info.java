/** Arrow Flight SQL: SQL sessions for remote clients. */
package dev.quern.server.flight;
