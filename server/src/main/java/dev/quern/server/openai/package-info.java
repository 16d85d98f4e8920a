/** The endpoint that speaks OpenAI's chat protocol. */
package dev.quern.server.openai;
