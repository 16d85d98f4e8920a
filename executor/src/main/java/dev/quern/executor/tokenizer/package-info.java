/**
 * Tokenizers, streaming detokenization and chat templates.
 *
 * <p>{@link dev.quern.executor.tokenizer.TokenizerLoader} opens {@code tokenizer.json} through
 * Hugging Face's library and {@code tokenizer.model} through SentencePiece. Both get a copy of the
 * tokenizer that knows no special token; SegmentedTokenizer finds those itself, in trusted text
 * only, and hands what stands between them over as one string. Detokenizer decodes without the
 * libraries, from a table of each id's bytes.
 *
 * <p>A head that many prompts share is tokenized once ({@link
 * dev.quern.executor.tokenizer.Tokenizer.Head}): DecidedTokens finds the special tokens in it that
 * stand whatever follows, TextCut the last place behind them at which ids can be joined; WordCut
 * and PieceCut say why that is exact, JsonCuts which of them holds for a tokenizer.json.
 *
 * <p>{@link dev.quern.executor.tokenizer.ChatTemplates} opens the template. The package {@code
 * jinja} renders it; jinjava 2.8.4 was measured first and rendered 46 of 150 cases wrongly without
 * an error. Frame is the short way for templates that insert contents as they are, GuardedText
 * keeps a value's special tokens untrusted on the long way, which is the one of tools and template
 * arguments (TemplateValues).
 */
package dev.quern.executor.tokenizer;
