package dev.quern.server.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.server.http.ApiException;
import org.junit.jupiter.api.Test;

class RowLimitTest {
  @Test
  void whatDoesNotFitIsToldToComeBackAndTakesNoRoom() throws ApiException {
    var limit = new RowLimit(10);
    limit.enter(6);
    var e = assertThrows(ApiException.class, () -> limit.enter(5));
    assertEquals(429, e.status());
    assertTrue(e.getMessage().contains("the 6 that"), e.getMessage());
    limit.enter(4);
    limit.leave(6);
    limit.enter(6);
    assertThrows(ApiException.class, () -> limit.enter(1));
  }
}
