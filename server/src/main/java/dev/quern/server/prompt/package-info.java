/** The interactive prompt. */
package dev.quern.server.prompt;
