package dev.quern.executor.engine;

import dev.quern.executor.device.DeviceOptions.Activations;
import dev.quern.executor.device.host.ActivationGroups;
import dev.quern.executor.model.Checkpoint;
import dev.quern.executor.model.Checkpoints;
import dev.quern.executor.model.GenerationConfig;
import dev.quern.executor.model.gguf.GgufFile;
import dev.quern.executor.tokenizer.ChatTemplate;
import dev.quern.executor.tokenizer.ChatTemplates;
import dev.quern.executor.tokenizer.Tokenizer;
import dev.quern.executor.tokenizer.TokenizerLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a checkpoint's folder or GGUF file holds, opened: weights mapped, tokenizer and template
 * ready.
 */
record LoadedModel(
    Path folder,
    String name,
    Checkpoint checkpoint,
    GenerationConfig generation,
    Optional<Tokenizer> tokenizer,
    Optional<ChatTemplate> template)
    implements AutoCloseable {

  /** Opens {@code --model}, or the embedded model. */
  static LoadedModel open(EngineOptions options) {
    Path folder = options.model().map(Path::of).orElseGet(EmbeddedModel::folder);
    Checkpoint checkpoint = Checkpoints.open(folder);
    try {
      return new LoadedModel(
          folder,
          options.model().isPresent()
              ? folder.toAbsolutePath().normalize().getFileName().toString()
              : "embedded",
          checkpoint,
          GenerationConfig.read(folder),
          TokenizerLoader.open(folder),
          ChatTemplates.open(folder));
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
  }

  /** Whether the linears are stored as integers, whose products take quantized activations. */
  boolean storedIntegers() {
    return ActivationGroups.apply(
        Activations.AUTO, checkpoint.tensor("model.layers.0.self_attn.q_proj.weight").format());
  }

  /** Bytes of the weight files. */
  long weightBytes() {
    if (GgufFile.isNamed(folder)) {
      return size(folder);
    }
    try (Stream<Path> files = Files.list(folder)) {
      long bytes = 0;
      for (Path file : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        bytes += size(file);
      }
      return bytes;
    } catch (IOException e) {
      throw new EngineException("cannot list " + folder + ": " + e.getMessage(), e);
    }
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new EngineException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Ids that can be predicted: those of the tokenizer; vocabulary padding behind them never is. */
  int validIds() {
    int vocabulary = checkpoint.config().vocabSize();
    return tokenizer.map(t -> Math.min(t.size(), vocabulary)).orElse(vocabulary);
  }

  @Override
  public void close() {
    tokenizer.ifPresent(Tokenizer::close);
    checkpoint.close();
  }
}
