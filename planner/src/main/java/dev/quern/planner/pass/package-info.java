/** Optimizer passes: each a small class that rewrites a relational tree. */
package dev.quern.planner.pass;
