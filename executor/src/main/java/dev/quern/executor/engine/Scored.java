package dev.quern.executor.engine;

/**
 * Log-probabilities of a given sequence.
 *
 * @param prompt number of the prompt, from 0
 * @param tokens its ids
 * @param logprobs natural log of p(token t+1 | tokens 0..t), one fewer than tokens
 * @param argmax best next id after tokens 0..t, as many as tokens
 */
public record Scored(int prompt, int[] tokens, double[] logprobs, int[] argmax) {}
