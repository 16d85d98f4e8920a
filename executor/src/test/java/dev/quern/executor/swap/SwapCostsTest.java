package dev.quern.executor.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class SwapCostsTest {
  @Test
  void swappingPaysWhereOneReturnInThreeMakesUpForTheCopies() {
    var memory = new SwapCosts(250, 2, 1);
    assertTrue(memory.pays());
    assertEquals(
        "on: a token takes 2.0 us out, 1.0 us back, 250.0 us to compute; pays if one block in 125"
            + " comes back",
        memory.describe());
    assertTrue(new SwapCosts(40, 10, 10).pays());
    assertFalse(new SwapCosts(39, 10, 10).pays());
    assertFalse(new SwapCosts(10, 1, 20).pays(), "slower than computing");
    var slow = new SwapCosts(20, 90, 80).describe();
    assertTrue(slow.startsWith("off: a token takes 90.0 us out, 80.0 us back, 20.0"), slow);
  }
}
