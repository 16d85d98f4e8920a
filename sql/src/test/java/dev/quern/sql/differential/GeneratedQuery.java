package dev.quern.sql.differential;

import java.util.Set;

/**
 * A query of a seed.
 *
 * @param calls where its GENERATE calls stand; empty where it has none
 * @param ordered whether it says the order of its rows, so that results are compared as lists
 */
record GeneratedQuery(String sql, Set<Place> calls, Set<Shape> shapes, boolean ordered) {
  static GeneratedQuery of(long seed, Dialect dialect) {
    var generation = new Generation(seed, dialect);
    QueryGrammar.Query query = new QueryGrammar(generation).statement();
    return new GeneratedQuery(
        query.sql(), generation.calls(), generation.shapes(), query.ordered());
  }
}
