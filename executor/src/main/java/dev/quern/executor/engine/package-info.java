/** The engine seam: prompts in, completions out; knows neither SQL nor HTTP. */
package dev.quern.executor.engine;
