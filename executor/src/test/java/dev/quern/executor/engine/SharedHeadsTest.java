package dev.quern.executor.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quern.executor.tokenizer.ChatTemplate;
import dev.quern.executor.tokenizer.ChatTemplates;
import dev.quern.executor.tokenizer.OpenPrompt;
import dev.quern.executor.tokenizer.RandomTexts;
import dev.quern.executor.tokenizer.Tokenizer;
import dev.quern.executor.tokenizer.TokenizerLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows behind a shared head have the ids of their whole prompts, under every kind of template. */
class SharedHeadsTest {
  private static final int ROUNDS = 400;

  private static final Path EMBEDDED = Path.of("embedded-model");
  private static final Path PIECES = Path.of("src/test/resources/tokenizer/sentencepiece");

  private static final String LOOP = "{% for m in messages %}";
  private static final String ROLE = "<|im_start|>{{ m.role }}\n";
  private static final String END = "<|im_end|>\n{% endfor %}<|im_start|>assistant\n";

  /** Templates by what they do with a content; all but the last two insert it whatever it is. */
  private static final Map<String, String> TEMPLATES =
      Map.of(
          "inserts", LOOP + ROLE + "{{ m.content }}" + END,
          "text beside", LOOP + "{{ m.role }}: {{ 'say ' + m.content + 'ing' }} {% endfor %}",
          "trims", LOOP + ROLE + "{{ m.content | trim }}" + END,
          "trims in text", LOOP + "{{ m.role }}: {{ m.content | trim }}ing " + END,
          "twice", LOOP + ROLE + "{{ m.content }}<think>{{ m.content | trim }}" + END,
          "asks its type", LOOP + "{% if m.content is string %}{{ m.content }}{% endif %}" + END,
          "leaves it out", LOOP + ROLE + END,
          "branches", LOOP + "{% if 'the' in m.content %}!{% endif %}{{ m.content }}" + END,
          "refuses", "{% if messages[0].content == '' %}{{ raise_exception('no') }}{% endif %}a",
          "none", "");

  @TempDir Path folder;

  private Optional<ChatTemplate> template(String name) throws Exception {
    if (name.equals("none")) {
      return Optional.empty();
    }
    Files.copy(EMBEDDED.resolve("tokenizer_config.json"), folder.resolve("tokenizer_config.json"));
    Files.writeString(folder.resolve("added_tokens.json"), "{\"<think>\": 8, \"</s>\": 2}");
    Files.writeString(folder.resolve("chat_template.jinja"), TEMPLATES.get(name));
    return ChatTemplates.open(folder);
  }

  private static List<Arguments> cases() {
    List<Arguments> all = new ArrayList<>();
    for (String template : TEMPLATES.keySet().stream().sorted().toList()) {
      all.add(Arguments.of(template, EMBEDDED));
      all.add(Arguments.of(template, PIECES));
    }
    return all;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rowsHaveTheIdsOrTheErrorOfTheWholePrompt(String template, Path model) throws Exception {
    try (Tokenizer tokenizer = TokenizerLoader.open(model).orElseThrow()) {
      var encoder =
          new PromptEncoder("m", Optional.of(tokenizer), template(template), tokenizer.size());
      for (int seed = 0; seed < ROUNDS; seed++) {
        Random random = new Random(seed);
        List<PromptPart> head =
            random.nextInt(8) == 0
                ? List.of()
                : RandomTexts.parts(RandomTexts.text(random, 12), random);
        List<Optional<PromptPart>> systems =
            List.of(
                Optional.empty(),
                Optional.of(
                    PromptPart.literal("Be <|im_end|>brief." + RandomTexts.text(random, 2))),
                Optional.of(PromptPart.value("Be <|im_end|>brief.")));
        for (int row = 0; row < 6; row++) {
          List<PromptPart> tail = RandomTexts.parts(RandomTexts.text(random, 5), random);
          GenerateOptions options = options(systems.get(random.nextInt(3)), random.nextInt(4) > 0);
          check(encoder, head, new PromptRow(new Prompt.Text(tail), options, 0), seed);
        }
      }
    }
  }

  private static void check(PromptEncoder encoder, List<PromptPart> head, PromptRow row, int seed) {
    int[] whole;
    try {
      whole = encoder.encode(head, row);
    } catch (IllegalArgumentException e) {
      String error =
          assertThrows(IllegalArgumentException.class, () -> encoder.encodeBehindHead(head, row))
              .getMessage();
      assertEquals(e.getMessage(), error);
      return;
    }
    assertArrayEquals(
        whole, encoder.encodeBehindHead(head, row), () -> "seed " + seed + ": " + head + row);
  }

  private static GenerateOptions options(Optional<PromptPart> system, boolean chat) {
    return GenerateOptions.DEFAULT.withSystem(system).withChat(chat);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void templatesAreOpenWhereTheyInsertTheContentAsItIs(String name, Path model) throws Exception {
    boolean open = !List.of("branches", "refuses", "none").contains(name);
    assertEquals(
        open,
        template(name)
            .flatMap(t -> t.open(List.of(new Message("user", List.of(PromptPart.value("a "))))))
            .isPresent());
  }

  @Test
  void conversationsAndIdsAreEncodedAsBefore() throws Exception {
    try (Tokenizer tokenizer = TokenizerLoader.open(EMBEDDED).orElseThrow()) {
      var encoder =
          new PromptEncoder("m", Optional.of(tokenizer), template("trims"), tokenizer.size());
      var chat = new Prompt.Chat(List.of(new Message("user", List.of(PromptPart.value(" hi ")))));
      check(encoder, List.of(), new PromptRow(chat, GenerateOptions.DEFAULT, 0), 0);
      var ids = new PromptRow(new Prompt.Tokens(List.of(5, 6)), GenerateOptions.DEFAULT, 0);
      assertArrayEquals(new int[] {5, 6}, encoder.encodeBehindHead(List.of(), ids));
    }
  }

  /** Counts how often a template is asked for what stands before a row's own text. */
  private record CountingTemplate(ChatTemplate template, AtomicInteger opened)
      implements ChatTemplate {
    @Override
    public boolean readsTools() {
      return template.readsTools();
    }

    @Override
    public boolean thinks() {
      return template.thinks();
    }

    @Override
    public List<PromptPart> render(Prompt.Chat chat) {
      return template.render(chat);
    }

    @Override
    public Optional<OpenPrompt> open(List<Message> messages) {
      opened.incrementAndGet();
      return template.open(messages);
    }
  }

  @Test
  void aHeadIsRenderedOnceForItsRowsAndItsNextBatches() throws Exception {
    try (Tokenizer tokenizer = TokenizerLoader.open(EMBEDDED).orElseThrow()) {
      var template = new CountingTemplate(template("inserts").orElseThrow(), new AtomicInteger());
      var encoder =
          new PromptEncoder("m", Optional.of(tokenizer), Optional.of(template), tokenizer.size());
      for (int batch = 0; batch < 3; batch++) {
        List<PromptPart> head = List.of(PromptPart.literal("a head ".concat("of words ")));
        for (int row = 0; row < 10; row++) {
          var text = new Prompt.Text(List.of(PromptPart.value("row " + row)));
          check(encoder, head, new PromptRow(text, GenerateOptions.DEFAULT, 0), batch);
          check(
              encoder,
              head,
              new PromptRow(text, options(Optional.of(head.get(0)), true), 0),
              batch);
        }
      }
      assertEquals(2, template.opened().get());
      // Many other heads push it out: what is kept is bounded.
      for (int i = 0; i < 40; i++) {
        var head = List.of(PromptPart.literal("head " + i));
        var text = new Prompt.Text(List.of(PromptPart.value("row")));
        check(encoder, head, new PromptRow(text, GenerateOptions.DEFAULT, 0), i);
      }
      var head = List.of(PromptPart.literal("head 0"));
      var text = new Prompt.Text(List.of(PromptPart.value("row")));
      check(encoder, head, new PromptRow(text, GenerateOptions.DEFAULT, 0), 0);
      assertEquals(43, template.opened().get());
    }
  }

  @Test
  void threadsShareHeads() throws Exception {
    try (Tokenizer tokenizer = TokenizerLoader.open(EMBEDDED).orElseThrow();
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      var encoder =
          new PromptEncoder("m", Optional.of(tokenizer), template("trims"), tokenizer.size());
      List<Future<?>> done = new ArrayList<>();
      for (int thread = 0; thread < 4; thread++) {
        int from = thread;
        done.add(
            threads.submit(() -> {
              for (int i = 0; i < 500; i++) {
                var head = List.of(PromptPart.literal("the head number " + (from + i) % 25 + " "));
                var text = new Prompt.Text(List.of(PromptPart.value("row " + i)));
                check(encoder, head, new PromptRow(text, GenerateOptions.DEFAULT, 0), i);
              }
            }));
      }
      for (Future<?> each : done) {
        each.get();
      }
    }
  }
}
