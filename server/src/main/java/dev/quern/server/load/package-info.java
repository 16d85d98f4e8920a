/**
 * {@code quern bench-serve}: clients that ask an OpenAI-compatible server for streamed chats and
 * measure its answers, and a soak that watches the server's memory under them.
 */
package dev.quern.server.load;
