package dev.quern.sql.catalog;

import dev.quern.executor.engine.EngineOptions;

/** A model under a name, opened when a query first uses it. */
public record Model(String name, String folder, EngineOptions options) {}
