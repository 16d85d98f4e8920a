package dev.quern.executor.tokenizer.jinja;

/** The value of a name or member that does not exist; it prints as nothing. */
record Undefined(String name) {}
