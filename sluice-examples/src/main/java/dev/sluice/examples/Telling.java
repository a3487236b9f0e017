package dev.sluice.examples;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.examples.Screen.Ink;
import java.util.ArrayList;
import java.util.List;

/** Tells a story act by act, and keeps its figures: what was seen, beside what should be and what the original did. */
final class Telling {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ROW = "  %-52s %8s   %s";

    private final Screen screen;
    private final boolean json;
    private final List<Figure> figures = new ArrayList<>();

    /** @param json figures as JSON, nothing else */
    Telling(Screen screen, boolean json) {
        this.screen = screen;
        this.json = json;
    }

    /**
     * A figure of a story.
     *
     * @param name in JSON
     * @param text for people
     * @param seen as it was counted
     * @param expected as it should be
     * @param original what the original did in the same case, in a word or two
     */
    private record Figure(String name, String text, long seen, long expected, String original) {
        boolean isAsTold() {
            return seen == expected;
        }
    }

    void heading(String text) {
        if (!json) {
            screen.blank();
            screen.heading(text);
        }
    }

    void line(String text) {
        if (!json) {
            screen.line("  " + text);
        }
    }

    /** Keeps a figure for the end. */
    void figure(String name, String text, long seen, long expected, String original) {
        figures.add(new Figure(name, text, seen, expected, original));
    }

    /** Shows all figures, and says which of them are not as they should be. */
    List<String> end() {
        if (json) {
            ObjectNode all = JSON.createObjectNode();
            figures.forEach(each -> all.put(each.name(), each.seen()));
            screen.line(all.toPrettyString());
        } else {
            table();
        }
        return figures.stream()
                .filter(each -> !each.isAsTold())
                .map(each -> each.text() + ": " + each.seen() + ", and not " + each.expected())
                .toList();
    }

    private void table() {
        heading("What came of it");
        screen.line(screen.ink(Ink.STRONG, ROW.formatted("", "Sluice", "the original")));
        for (Figure each : figures) {
            screen.line(ROW.formatted(
                    each.text(),
                    screen.ink(each.isAsTold() ? Ink.GOOD : Ink.BAD, "%8d".formatted(each.seen())),
                    each.original()));
        }
        screen.blank();
    }
}
