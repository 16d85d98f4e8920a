package dev.quern.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.Completions;
import dev.quern.executor.engine.EngineException;
import dev.quern.executor.engine.EngineOptions;
import dev.quern.executor.engine.EngineStatistics;
import dev.quern.executor.engine.GenerateEngine;
import dev.quern.executor.engine.ModelInfo;
import dev.quern.executor.engine.PrefixTreeView;
import dev.quern.executor.engine.PromptBatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EnginesTest {
  private static final class Breakable implements GenerateEngine {
    private boolean failed;
    private boolean closed;

    @Override
    public Completions submit(PromptBatch batch) {
      throw new EngineException("no rows are expected here");
    }

    @Override
    public int countTokens(String text) {
      return text.length();
    }

    @Override
    public ModelInfo model() {
      return new ModelInfo("breakable", "breakable-1", 16, false, false);
    }

    @Override
    public EngineStatistics statistics() {
      return EngineStatistics.NONE;
    }

    @Override
    public PrefixTreeView prefixTree(int nodes) {
      return PrefixTreeView.EMPTY;
    }

    @Override
    public boolean failed() {
      return failed;
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  private final List<Breakable> opened = new ArrayList<>();
  private boolean refuse;
  private final Engines engines =
      new Engines(_ -> {
        if (refuse) {
          throw new EngineException("no device");
        }
        opened.add(new Breakable());
        return opened.getLast();
      });

  @Test
  void leasesWithEqualOptionsShareAnEngineThatClosesWithTheLast() {
    Engines.Lease one = engines.lease(EngineOptions.DEFAULT);
    Engines.Lease two = engines.lease(EngineOptions.DEFAULT);
    assertSame(one.engine(), two.engine());
    one.close();
    assertEquals(false, opened.getFirst().closed);
    two.close();
    assertTrue(opened.getFirst().closed);
  }

  @Test
  void aFailedEngineIsReplacedAtTheNextUseOfOldAndNewLeases() {
    try (Engines.Lease old = engines.lease(EngineOptions.DEFAULT)) {
      GenerateEngine first = old.engine();
      opened.getFirst().failed = true;
      try (Engines.Lease later = engines.lease(EngineOptions.DEFAULT)) {
        assertNotSame(first, later.engine());
        assertTrue(opened.getFirst().closed);
        assertSame(later.engine(), old.engine());
      }
      opened.getLast().failed = true;
      refuse = true;
      assertThrows(EngineException.class, old::engine);
      refuse = false;
      assertSame(old.engine(), opened.getLast());
      assertEquals(3, opened.size());
    }
    assertTrue(opened.getLast().closed);
  }
}
