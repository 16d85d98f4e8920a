package dev.quern.executor.tokenizer.jinja;

import java.util.Map;

/** What {@code namespace(..)} gives: the only value whose members a template can set. */
record Namespace(Map<String, Object> members) {}
