package dev.sluice.server.channel;

import dev.sluice.server.text.SafeText;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A message in words, harmless as plain text.
 *
 * @param title one line
 * @param notes sentences about counts and times; may be empty
 * @param body several lines; may be empty
 * @param samples one line for each
 * @param facts what it belongs to
 * @param link where the console shows it
 * @param letter what it says instead to the one whom it is about
 */
record Rendered(
        String title,
        List<String> notes,
        String body,
        List<String> samples,
        List<Fact> facts,
        Optional<String> link,
        Optional<Letter> letter) {

    private static final String SAMPLES = "Examples of what was held:";

    /** A named value. */
    record Fact(String name, String value) {}

    /** The whole message as plain text, lines ended by a line feed; the title is not repeated. */
    String text() {
        if (letter.isPresent()) {
            return letter.get().text();
        }
        StringBuilder text = new StringBuilder(textWithoutLink());
        paragraph(text, link.orElse(""));
        return text.toString();
    }

    /** The same for those who show the link elsewhere. */
    String textWithoutLink() {
        return letter.map(Letter::text).orElseGet(this::knownWithoutLink);
    }

    private String knownWithoutLink() {
        StringBuilder text = new StringBuilder();
        paragraph(text, String.join("\n", notes));
        paragraph(text, body);
        if (!samples.isEmpty()) {
            paragraph(
                    text,
                    samples.stream()
                            .map(sample -> "- " + sample)
                            .collect(Collectors.joining("\n", SAMPLES + "\n", "")));
        }
        paragraph(
                text,
                facts.stream().map(fact -> fact.name() + ": " + fact.value()).collect(Collectors.joining("\n")));
        return text.toString();
    }

    /** The same with a letter. */
    Rendered saying(String line, Letter what) {
        return new Rendered(line, notes, body, samples, facts, link, Optional.of(what));
    }

    /** The whole message as an HTML page; without a letter, it has no outside reference but the link. */
    String html() {
        return letter.map(it -> it.html().orElseGet(() -> page(it.text()))).orElseGet(this::known);
    }

    private String page(String text) {
        StringBuilder html = head();
        element(html, "pre style=\"white-space:pre-wrap\" dir=\"auto\"", text);
        return html.append("</body></html>\n").toString();
    }

    private StringBuilder head() {
        return new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(SafeText.html(title))
                .append("</title></head>\n<body style=\"font-family:sans-serif\">\n");
    }

    private String known() {
        StringBuilder html = head();
        element(html, "h1 style=\"font-size:1.2em\" dir=\"auto\"", title);
        notes.forEach(note -> element(html, "p", note));
        if (!body.isEmpty()) {
            element(html, "pre style=\"white-space:pre-wrap\" dir=\"auto\"", body);
        }
        if (!samples.isEmpty()) {
            element(html, "p", SAMPLES);
            html.append("<ul>\n");
            samples.forEach(sample -> element(html, "li dir=\"auto\"", sample));
            html.append("</ul>\n");
        }
        html.append("<table>\n");
        facts.forEach(fact -> row(html, fact));
        html.append("</table>\n");
        link.ifPresent(url ->
                html.append("<p><a href=\"").append(SafeText.html(url)).append("\">Show it in the console</a></p>\n"));
        return html.append("</body></html>\n").toString();
    }

    private static void paragraph(StringBuilder text, String paragraph) {
        if (!paragraph.isEmpty()) {
            text.append(text.isEmpty() ? "" : "\n").append(paragraph).append('\n');
        }
    }

    private static void row(StringBuilder html, Fact fact) {
        html.append("<tr><th align=\"left\" valign=\"top\">")
                .append(fact.name())
                .append("</th><td style=\"white-space:pre-wrap\" dir=\"auto\">")
                .append(SafeText.html(fact.value()))
                .append("</td></tr>\n");
    }

    private static void element(StringBuilder html, String opening, String text) {
        String name = opening.split(" ", 2)[0];
        html.append('<')
                .append(opening)
                .append('>')
                .append(SafeText.html(text))
                .append("</")
                .append(name)
                .append(">\n");
    }
}
