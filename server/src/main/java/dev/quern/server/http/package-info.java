/**
 * The HTTP side of the endpoint, whatever it serves: listener, routes, keys, limits and OpenAI's
 * error object.
 */
package dev.quern.server.http;
