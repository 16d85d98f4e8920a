/** Tokenizers, streaming detokenization and chat templates. */
package dev.quern.executor.tokenizer;
