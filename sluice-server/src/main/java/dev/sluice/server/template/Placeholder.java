package dev.sluice.server.template;

import java.util.Arrays;
import java.util.List;

/** What a template can name, with what the documentation says of it. */
public enum Placeholder {
    TITLE("title", "one line, with `[AGGREGATED x3]` or `[HELD x95]` where it is due"),
    TEXT("text", "all the rest in words: counts and times, message, samples, what it belongs to"),
    MESSAGE("message", "what the occurrence said"),
    SEVERITY("severity", "such as `error`; may be empty"),
    FLOW("flow", "name of the flow"),
    VARIANT("variant", "name of the variant; may be empty"),
    SUBJECT("subject", "subject inside the flow"),
    KIND("kind", "`pass`, `summary`, `digest` or `notice`"),
    OCCURRENCES("occurrences", "a number: seen in the window"),
    HELD("held", "a number: held since the last telling"),
    FIRST("first", "when the first held one came; empty if there is none"),
    LAST("last", "when the last held one came; empty if there is none"),
    AT("at", "when it was decided"),
    HELD_UNTIL("heldUntil", "on the last pass of a window: until when further ones are held"),
    SAMPLES("samples", "examples of what was held, a list; inside `{{#samples}}` are `at`, `title` and `message`"),
    LINK("link", "address of the message in the console; empty without `http.public-url`"),
    RECIPIENT("recipient", "to whom, where the occurrence names recipients"),
    ID("id", "number of the message"),
    KEY("key", "the idempotency key: the same in every attempt of a delivery"),
    DATA("data", "what the occurrence brought along; `{{data.host}}` is one value of it, empty if it has none"),
    CHAT("chat", "the option `chat` of the channel");

    private final String word;
    private final String meaning;

    Placeholder(String word, String meaning) {
        this.word = word;
        this.meaning = meaning;
    }

    /** As it is written between the braces. */
    public String word() {
        return word;
    }

    /** One line of Markdown. */
    public String meaning() {
        return meaning;
    }

    static List<String> words() {
        return Arrays.stream(values()).map(Placeholder::word).toList();
    }
}
