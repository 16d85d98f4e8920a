/** What a query's calls will cost: distinct prompts, tokens, sharing, assumed selectivities. */
package dev.quern.planner.cost;
