package dev.quern.executor.tokenizer;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import ai.djl.sentencepiece.SpTokenizer;
import dev.quern.executor.engine.EngineException;

/**
 * The only way into the two native tokenizer libraries. They come in the jars of DJL, which unpacks
 * them into DJL_CACHE_DIR, else the home folder, else the folder for temporary files, by an atomic
 * rename, so that processes that start together do not disturb one another.
 */
final class NativeLibraries {
  private NativeLibraries() {}

  /** The Rust tokenizers, loaded. */
  static TokenizersLibrary tokenizers() {
    stayOffline();
    try {
      LibUtils.checkStatus();
      return TokenizersLibrary.LIB;
    } catch (ai.djl.engine.EngineException | LinkageError e) {
      throw unusable("tokenizers", e);
    }
  }

  /** A SentencePiece processor of a serialized model that was checked before. */
  static SpTokenizer sentencePiece(byte[] model) {
    stayOffline();
    try {
      return new SpTokenizer(model);
    } catch (IllegalStateException | LinkageError e) {
      throw unusable("sentencepiece", e);
    }
  }

  /** Without this, DJL looks for a GPU build of the library on the network. */
  private static void stayOffline() {
    if (System.getProperty("ai.djl.offline") == null) {
      System.setProperty("ai.djl.offline", "true");
    }
  }

  private static EngineException unusable(String library, Throwable cause) {
    return new EngineException(
        "the native library '"
            + library
            + "' cannot be loaded: "
            + cause.getMessage()
            + "; set the environment variable DJL_CACHE_DIR to a folder that can be written and from which libraries may be loaded",
        cause);
  }
}
