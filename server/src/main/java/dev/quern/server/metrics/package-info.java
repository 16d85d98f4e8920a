/** What an operator sees of the server: metrics in Prometheus' format, on a port of their own. */
package dev.quern.server.metrics;
