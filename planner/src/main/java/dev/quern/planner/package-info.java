/** Turns a relational plan with GENERATE calls into one that runs them in batches. */
package dev.quern.planner;
