/**
 * The part of the Jinja language that chat templates use, with the settings and the semantics of
 * Python's jinja2 as transformers calls it. Values are Java's null, Boolean, Long, Double, String,
 * List and Map; there is no way from a template to anything else of Java.
 *
 * <p>{@link dev.quern.executor.tokenizer.jinja.JinjaTemplate#parse} cuts the source at its tags
 * (Splitter, Scanner), reads statements and expressions (TemplateParser, ExprParser), and refuses
 * there what is not supported; Renderer and Evaluator run them. Rendering with {@link
 * dev.quern.executor.tokenizer.jinja.Content} instead of message texts finds out whether a template
 * inserts them as they are.
 */
package dev.quern.executor.tokenizer.jinja;
