/** Quern planner. */
package dev.quern.planner;
