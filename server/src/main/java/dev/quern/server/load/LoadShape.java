package dev.quern.server.load;

/**
 * What each request looks like.
 *
 * @param promptTokens about how many tokens a prompt has, the chat template's included
 * @param sharedPrefix about how many of them, at the front, all prompts have in common
 * @param generateTokens how many tokens an answer has, exactly
 */
public record LoadShape(int promptTokens, int sharedPrefix, int generateTokens) {
  public LoadShape {
    if (sharedPrefix > promptTokens) {
      throw new IllegalArgumentException(
          "--shared-prefix "
              + sharedPrefix
              + " is more than --prompt-tokens "
              + promptTokens
              + "; the prefix is a part of the prompt");
    }
  }
}
