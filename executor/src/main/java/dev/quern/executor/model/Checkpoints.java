package dev.quern.executor.model;

import dev.quern.executor.engine.EngineException;
import dev.quern.executor.model.gguf.GgufFile;
import dev.quern.executor.model.gguf.GgufMetadata;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Opens what {@code --model} names. */
public final class Checkpoints {
  private Checkpoints() {}

  /**
   * Opens a Hugging Face folder ({@code config.json} and safetensors files) or a GGUF file, mapped
   * into memory and checked as a whole.
   *
   * @throws EngineException when there is no usable checkpoint; says what, where and the remedy
   */
  public static Checkpoint open(Path model) {
    return open(model, _ -> {});
  }

  /**
   * The same.
   *
   * @param metadata receives that of a GGUF file; it holds the vocabulary, so that it is read once
   *     for all who want it, and is not kept
   */
  @SuppressWarnings("MustBeClosed") // the checkpoint closes the arena; a failure does so below
  public static Checkpoint open(Path model, Consumer<GgufMetadata> metadata) {
    boolean gguf = GgufFile.isNamed(model);
    if (!gguf) {
      configFile(model);
    }
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try {
      Checkpoint checkpoint =
          gguf
              ? GgufCheckpoint.open(model, arena, metadata)
              : HuggingFaceCheckpoint.open(model, arena);
      opened = true;
      return checkpoint;
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }

  /**
   * The {@code config.json} of a checkpoint folder.
   *
   * @throws EngineException when the folder or the file does not exist, or when it is something
   *     else
   */
  static Path configFile(Path folder) {
    if (!Files.exists(folder)) {
      throw new EngineException(
          folder + ": no such folder; give the folder of a checkpoint, with config.json in it");
    }
    if (!Files.isDirectory(folder)) {
      throw new EngineException(
          folder
              + ": expected a checkpoint folder or a .gguf file but found another file; give the folder it stands in");
    }
    Path config = folder.resolve("config.json");
    if (!Files.exists(config)) {
      throw new EngineException(
          folder
              + ": no config.json in this folder; give the folder that holds config.json and the"
              + " safetensors files");
    }
    return config;
  }
}
