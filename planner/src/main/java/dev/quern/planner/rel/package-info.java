/** Relational operators of our own: scan, generate, limit. */
package dev.quern.planner.rel;
