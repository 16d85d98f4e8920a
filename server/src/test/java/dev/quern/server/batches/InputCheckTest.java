package dev.quern.server.batches;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputCheckTest {
  private static final String ENDPOINT = "/v1/chat/completions";

  @TempDir Path folder;

  /** 20,000 ids of 1,024 bytes each are 20 MB. */
  @Test
  void memoryDoesNotGrowWithTheLengthOfIds() throws Exception {
    int lines = 20_000;
    Path file = folder.resolve("in.jsonl");
    try (var out = Files.newBufferedWriter(file)) {
      for (int i = 0; i < lines; i++) {
        out.write(BatchServer.line("%05d".formatted(i) + "☃".repeat(500), "x", ""));
      }
    }
    var line = new AtomicInteger();
    long[] used = new long[2];
    InputCheck check =
        InputCheck.of(
            file,
            ENDPOINT,
            BatchLimits.DEFAULT,
            () -> {
              int now = line.incrementAndGet();
              if (now == 1 || now == lines) {
                used[now == 1 ? 0 : 1] = usedHeap();
              }
              return false;
            });
    assertEquals(new InputCheck(lines, List.of()), check);
    assertTrue(used[1] - used[0] < 8_000_000, used[1] - used[0] + " bytes more");
  }

  /** Least of some looks: other threads of this JVM allocate between a collection and a look. */
  private static long usedHeap() {
    var memory = ManagementFactory.getMemoryMXBean();
    long least = Long.MAX_VALUE;
    for (int look = 0; look < 5; look++) {
      memory.gc();
      least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  @Test
  void idsThatDifferInUnpairedSurrogatesDiffer() {
    var ids = new CustomIds();
    assertTrue(ids.add("\ud800"));
    assertTrue(ids.add("\ud801"));
    assertTrue(ids.add("?"));
    assertFalse(ids.add("\ud800"));
  }
}
