package dev.quern.executor.tokenizer;

import ai.djl.sentencepiece.SpTokenizer;
import java.util.Optional;

/** Encodes with the SentencePiece library from a model whose special pieces are hidden. */
final class SentencePieceEncoder implements SegmentEncoder {
  private final SpTokenizer start;
  private final Optional<SpTokenizer> inner;
  private final TextCut cut;

  /**
   * Loads the models.
   *
   * @param startModel serialized model for text at the start of a prompt
   * @param innerModel serialized model for other text, where it differs
   * @param cut where text can be cut
   * @throws ai.djl.engine.EngineException when the library does not accept a model
   */
  SentencePieceEncoder(byte[] startModel, Optional<byte[]> innerModel, TextCut cut) {
    this.cut = cut;
    start = NativeLibraries.sentencePiece(startModel);
    inner = innerModel.map(NativeLibraries::sentencePiece);
  }

  @Override
  public int[] encode(String text, boolean atStart) {
    return (atStart ? start : inner.orElse(start)).getProcessor().encode(text);
  }

  @Override
  public TextCut cut() {
    return cut;
  }

  @Override
  public void close() {
    start.close();
    inner.ifPresent(SpTokenizer::close);
  }
}
