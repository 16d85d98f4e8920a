package dev.quern.executor.choice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.choice.ChoiceWalk.Outcome;
import dev.quern.executor.device.Sampling;
import dev.quern.executor.device.SamplingRow;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Ways down tries of letters, with probabilities given by hand. */
final class ChoiceWalkTest {
  private static final int END = 1;

  private static ChoiceWalk walk(Choices choices) {
    return new ChoiceWalk(ChoiceTrie.of(choices, new LetterTokenizer(false)), Set.of(END));
  }

  private static ChoiceWalk walk(String... texts) {
    return walk(Choices.of(List.of(texts)));
  }

  private static SamplingRow sampling(double temperature, int topK, long seed) {
    return new SamplingRow(new Sampling(temperature, 1, topK, 0, 1, 0, 0), seed, 5);
  }

  /** One step in which the named characters have these probabilities, and all others 0.0001. */
  private static Outcome step(
      ChoiceWalk walk, SamplingRow sampling, Map<Character, Double> probabilities) {
    double[] logs =
        Arrays.stream(walk.ids())
            .mapToDouble(id -> Math.log(probabilities.getOrDefault((char) id, 0.0001)))
            .toArray();
    return walk.decide(logs, sampling);
  }

  private static Outcome step(ChoiceWalk walk, Map<Character, Double> probabilities) {
    return step(walk, sampling(0, 0, 0), probabilities);
  }

  @Test
  void endsAsSoonAsOneChoiceIsLeft() {
    ChoiceWalk walk = walk("cat", "cow", "dog");
    assertEquals(new Outcome.Undecided('c'), step(walk, Map.of('c', 0.5, 'd', 0.2)));
    assertEquals(new Outcome.Chosen("cow", 'o'), step(walk, Map.of('a', 0.1, 'o', 0.3)));
    assertEquals(2, walk.decisions());
  }

  @Test
  void aPlaceWithOneBranchIsNoDecision() {
    ChoiceWalk walk = walk("ab", "ac");
    assertEquals(new Outcome.Undecided('a'), step(walk, Map.of('a', 0.5)));
    assertEquals(0, walk.decisions());
    assertEquals(new Outcome.Chosen("ac", 'c'), step(walk, Map.of('c', 0.5)));
    assertEquals(1, walk.decisions());
  }

  @Test
  void probabilitiesOfSpellingsAddUp() {
    Outcome outcome = step(walk("yes", "no"), Map.of('y', 0.2, 'Y', 0.2, 'n', 0.3));
    assertEquals(new Outcome.Chosen("yes", 'Y'), outcome);
  }

  @Test
  void ofTwoPreferredAlikeNoneIs() {
    assertEquals(
        new Outcome.NoPreference(), step(walk(Choices.YES_NO), Map.of('y', 0.25, 'n', 0.35)));
    assertEquals(
        new Outcome.Chosen("no", 'n'), step(walk(Choices.YES_NO), Map.of('y', 0.25, 'n', 0.4)));
  }

  @Test
  void whereSomethingElseIsPreferredNoneIs() {
    assertEquals(
        new Outcome.NoPreference(), step(walk(Choices.YES_NO), Map.of('y', 0.17, 'n', 0.01)));
    assertEquals(
        new Outcome.Chosen("yes", 'y'), step(walk(Choices.YES_NO), Map.of('y', 0.21, 'n', 0.01)));
  }

  @Test
  void anEndIdTellsAChoiceFromALongerOne() {
    for (var next : Map.of('\u0001', "no", 'n', "none").entrySet()) {
      ChoiceWalk walk = walk("no", "none");
      step(walk, Map.of('n', 0.5));
      step(walk, Map.of('o', 0.5));
      assertEquals(
          new Outcome.Chosen(next.getValue(), next.getKey()),
          step(walk, Map.of(next.getKey(), 0.5)));
      assertEquals(1, walk.decisions());
    }
    assertTrue(
        ChoiceTrie.of(Choices.of(List.of("no", "none")), new LetterTokenizer(false)).needsEnd());
    assertFalse(
        ChoiceTrie.of(Choices.of(List.of("no", "some")), new LetterTokenizer(false)).needsEnd());
  }

  @Test
  void drawsFollowTheSeedAndTheProbabilities() {
    Map<Character, Double> p = Map.of('a', 0.28, 'A', 0.07, 'b', 0.15);
    long drawn =
        LongStream.range(0, 1000)
            .filter(seed -> {
              Outcome first = step(walk("a", "b"), sampling(1, 0, seed), p);
              assertEquals(first, step(walk("a", "b"), sampling(1, 0, seed), p));
              return first.equals(new Outcome.Chosen("a", 'a'));
            })
            .count();
    assertTrue(drawn > 650 && drawn < 750, drawn + " of 1000 draws at probability 0.7");
    for (long seed = 0; seed < 20; seed++) {
      assertEquals(
          new Outcome.Chosen("a", 'a'), step(walk("a", "b"), sampling(1, 1, seed), p), "top_k 1");
    }
  }

  @Test
  void aSpellingThatIsAnotherChoiceCountsForThatOne() {
    assertEquals(
        new Outcome.Chosen("Polish", 'P'), step(walk("Polish", "polish"), Map.of('P', 1.0)));
    assertEquals(
        new Outcome.Chosen("polish", 'p'), step(walk("Polish", "polish"), Map.of('p', 1.0)));
  }

  @Test
  void choicesThatAreNoneAreRefused() {
    refused("at least 2 texts but there is one: 'a'", List.of("a"));
    refused("must not be empty but one is", List.of("a", " "));
    refused("'a' is there twice", List.of("a", "a "));
    String same =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    ChoiceTrie.of(
                        Choices.of(List.of("Polish", "polish")), new LetterTokenizer(true)))
            .getMessage();
    assertEquals("choices 'Polish' and 'polish' have the same tokens; give them other words", same);
  }

  private static void refused(String why, List<String> texts) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Choices.of(texts)).getMessage();
    assertTrue(message.startsWith("choices ") && message.contains(why), message);
  }

  @Test
  void anAnswerMeansAChoiceInAnyCase() {
    Choices choices = Choices.of(List.of("Polish", "polish", "Dutch"));
    assertEquals("polish", choices.meantBy(" polish\n").orElseThrow());
    assertEquals("Dutch", choices.meantBy("DUTCH").orElseThrow());
    assertTrue(choices.meantBy("dutch, I think").isEmpty());
  }
}
