package dev.quern.executor.model.packed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.Checkpoints;
import dev.quern.executor.model.plan.QuantizationScheme;
import dev.quern.executor.model.quantize.Quantization;
import dev.quern.executor.model.quantize.QuantizedCheckpoint;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a packed folder comes to be, and that nothing is left of one that does not. */
class PackedWriterTest {
  private static final Path SOURCE = Path.of("src/test/resources/golden/ernie-moe-shared");
  private static final String MIDDLE = "model.layers.1.mlp.experts.3.up_proj.weight";
  private static final Quantization WINT8 =
      new Quantization(QuantizationScheme.WINT8, Map.of(), OptionalInt.empty());

  @TempDir Path folder;
  private Checkpoint checkpoint;
  private Path output;

  @BeforeEach
  void open() {
    checkpoint = Checkpoints.open(SOURCE);
    output = folder.resolve("packed");
  }

  @AfterEach
  void close() {
    checkpoint.close();
  }

  private static Set<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      var names = new TreeSet<String>();
      files.forEach(file -> names.add(file.getFileName().toString()));
      return names;
    }
  }

  private String failure(PackedWriter writer) {
    return assertThrows(EngineException.class, () -> writer.write(output)).getMessage();
  }

  /** A disk on which a file can be made and not be written. */
  private static Disk full(long usable) {
    return new Disk() {
      @Override
      public long usableBytes(Path folder) {
        return usable;
      }

      @Override
      public FileChannel create(Path file) throws IOException {
        Files.createFile(file);
        return FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE);
      }
    };
  }

  @Test
  void aDiskThatFillsUpIsOneSentenceAndNothingIsLeft() throws IOException {
    var writer = new PackedWriter(SOURCE, checkpoint, Quantization.NONE, full(1L << 40));
    String message = failure(writer);
    assertTrue(message.startsWith(output + " cannot be written: "), message);
    assertTrue(message.contains("No space left on device; weights.quern needs "), message);
    assertTrue(message.contains("1,099,511,627,776 are free in " + folder), message);
    assertEquals(Set.of(), names(folder));
  }

  @Test
  void aDiskThatIsTooSmallIsSaidBeforeTheWork() throws IOException {
    String message = failure(new PackedWriter(SOURCE, checkpoint, Quantization.NONE, full(1000)));
    assertTrue(message.contains("too little space is left; weights.quern needs "), message);
    assertTrue(message.contains("1,000 are free in " + folder), message);
    assertEquals(Set.of(), names(folder));
  }

  @Test
  void weightsThatNoScaleHoldsAreNamedAndNothingIsLeft() throws IOException {
    var infinite = new ChangedCheckpoint(checkpoint, MIDDLE, Float.POSITIVE_INFINITY);
    var quantized = new QuantizedCheckpoint(infinite, WINT8);
    String message = failure(new PackedWriter(SOURCE, quantized, WINT8));
    assertTrue(message.startsWith(SOURCE + ": cannot be packed: " + MIDDLE), message);
    assertEquals(Set.of(), names(folder));
  }

  @Test
  void anInterruptEndsItAndNothingIsLeft() throws IOException {
    Thread writing = Thread.currentThread();
    var interrupting = new CheckpointThatCalls(checkpoint, MIDDLE, writing::interrupt);
    String message;
    try {
      message = failure(new PackedWriter(SOURCE, interrupting, Quantization.NONE));
    } finally {
      assertTrue(Thread.interrupted());
    }
    assertEquals(output + ": interrupted while it was written", message);
    assertEquals(Set.of(), names(folder));
  }

  @Test
  void theSecondOfTwoRunsLeavesTheFirstsFolderAlone() throws IOException {
    var first = new PackedWriter(SOURCE, checkpoint, Quantization.NONE);
    var meanwhile = new CheckpointThatCalls(checkpoint, MIDDLE, () -> first.write(output));
    String message = failure(new PackedWriter(SOURCE, meanwhile, Quantization.NONE));
    assertTrue(message.contains("somebody else made it meanwhile"), message);
    assertEquals(Set.of("packed"), names(folder));
    PackedCheckpoint.open(output, true).close();
  }

  @Test
  void anExistingFolderIsLeftAlone() throws IOException {
    Files.createDirectory(output);
    String message = failure(new PackedWriter(SOURCE, checkpoint, Quantization.NONE));
    assertTrue(message.contains("exists already"), message);
    assertEquals(Set.of("packed"), names(folder));
    assertEquals(Set.of(), names(output));
  }

  @Test
  void anUnfinishedFolderTellsWhatItIs() throws IOException {
    var seen = new TreeSet<String>();
    var looking =
        new CheckpointThatCalls(
            checkpoint,
            MIDDLE,
            () -> {
              try {
                seen.addAll(names(folder));
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    new PackedWriter(SOURCE, looking, Quantization.NONE).write(output);
    assertEquals(1, seen.size());
    assertTrue(seen.first().startsWith(".packed.unfinished-quern-quantize-"), seen.first());
  }

  @Test
  void onlyWhatIsKnownIsCopied() throws IOException {
    Path source = Files.createDirectory(folder.resolve("source"));
    for (String name : List.of("config.json", "generation_config.json", "model.safetensors")) {
      Files.copy(SOURCE.resolve(name), source.resolve(name));
    }
    List<String> small =
        List.of("tokenizer.json", "chat_template.jinja", "LICENSE", "NOTICE.txt", "README_zh.md");
    List<String> others =
        List.of("pytorch_model-00001-of-00002.bin", "a.gguf", "x.pdparams", "consolidated.pth");
    for (String name : Stream.concat(small.stream(), others.stream()).toList()) {
      Files.writeString(source.resolve(name), name);
    }
    new PackedWriter(source, checkpoint, Quantization.NONE).write(output);
    var expected = new TreeSet<>(small);
    expected.addAll(List.of("config.json", "generation_config.json", "weights.quern"));
    assertEquals(expected, names(output));
  }
}
