package dev.quern.executor.tokenizer.jinja;

import java.util.List;

/** A tuple; it differs from a list in how it prints and in {@code %}. */
record PyTuple(List<Object> items) {}
