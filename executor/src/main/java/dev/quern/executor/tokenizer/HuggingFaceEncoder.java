package dev.quern.executor.tokenizer;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;

/** Encodes with the Rust tokenizers from a tokenizer.json without special tokens. */
final class HuggingFaceEncoder implements SegmentEncoder {
  private final TokenizersLibrary library = NativeLibraries.tokenizers();
  private final long start;
  private final long inner;
  private final int[] renumbered;
  private final TextCut cut;

  /**
   * Loads the native tokenizers.
   *
   * @param plain the JSON texts and what their ids mean
   * @throws RuntimeException (the library's) when it does not accept the JSON
   */
  HuggingFaceEncoder(PlainTokenizerJson plain) {
    this.renumbered = plain.renumbered();
    this.cut = plain.cut();
    this.start = library.createTokenizerFromString(plain.startText());
    this.inner =
        plain.innerText().isPresent()
            ? library.createTokenizerFromString(plain.innerText().get())
            : start;
  }

  @Override
  public int[] encode(String text, boolean atStart) {
    // The raw calls: the library's own wrapper also fetches six arrays that nobody needs.
    long encoding = library.encode(atStart ? start : inner, text, false);
    long[] ids;
    try {
      ids = library.getTokenIds(encoding);
    } finally {
      library.deleteEncoding(encoding);
    }
    int[] result = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      int id = Math.toIntExact(ids[i]);
      result[i] = id < renumbered.length ? renumbered[id] : id;
    }
    return result;
  }

  @Override
  public TextCut cut() {
    return cut;
  }

  @Override
  public void close() {
    library.deleteTokenizer(start);
    if (inner != start) {
      library.deleteTokenizer(inner);
    }
  }
}
