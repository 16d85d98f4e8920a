/** Answers out of a given set: the trie of their tokens and a row's way through it. */
package dev.quern.executor.choice;
