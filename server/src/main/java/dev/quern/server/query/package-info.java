/** Running SQL from the command line: statements, output files, progress, interruption. */
package dev.quern.server.query;
