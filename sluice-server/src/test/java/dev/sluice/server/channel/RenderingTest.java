package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.outbox.Content;
import dev.sluice.outbox.Message;
import dev.sluice.server.text.SafeText;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What people read. */
class RenderingTest {
    private final Rendering rendering = new Rendering(Optional.of(URI.create("https://gate.example.org/sluice/")));

    static Stream<Arguments> kinds() {
        return Stream.of(
                Arguments.of(Example.PASS, "Database down", ""),
                Arguments.of(
                        Example.SUMMARY,
                        "[AGGREGATED x3] Database down",
                        "3 occurrences in this window so far, this one included."),
                Arguments.of(Example.LAST, "Database down", "Further ones are held until 2026-03-04T13:00:00Z."),
                Arguments.of(
                        Example.WITH_NEXT,
                        "Database down",
                        "94 held since 2026-03-04T11:10:00Z, the last at 2026-03-04T11:50:00Z."),
                Arguments.of(
                        Example.DIGEST,
                        "[HELD x95] Database down",
                        "95 held from 2026-03-04T11:10:00Z to 2026-03-04T11:50:00Z."));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    @DisplayName("S4.1 title and counts are told for every kind, in text and HTML alike")
    void titleAndCounts(Message message, String title, String note) {
        Rendered rendered = rendering.of(message);

        assertThat(rendered.title()).isEqualTo(title);
        assertThat(String.join("\n", rendered.notes())).isEqualTo(note);
        assertThat(rendered.text()).startsWith(note);
        assertThat(rendered.html()).contains("<h1 style=\"font-size:1.2em\" dir=\"auto\">" + title + "</h1>", note);
    }

    @Test
    @DisplayName("S4.11 a digest shows its samples, each with its time, and none of them twice")
    void digestShowsSamples() {
        assertThat(rendering.of(Example.DIGEST).text()).isEqualTo("""
                95 held from 2026-03-04T11:10:00Z to 2026-03-04T11:50:00Z.

                Examples of what was held:
                - 2026-03-04T11:10:00Z Database down: No answer from db-1
                - 2026-03-04T11:26:40Z No answer from db-2

                Flow: errors
                Variant: critical
                Subject: billing/timeout
                Severity: error
                Decided: 2026-03-04T12:00:00Z
                Data: {"host":"db-1"}

                https://gate.example.org/sluice/messages/43
                """);
    }

    @Test
    void textAndHtmlTellTheSameFacts() {
        Rendered rendered = rendering.of(Example.PASS);

        for (Rendered.Fact fact : rendered.facts()) {
            assertThat(rendered.text()).contains(fact.name() + ": " + fact.value());
            assertThat(rendered.html()).contains(fact.name(), SafeText.html(fact.value()));
        }
        assertThat(rendered.text()).contains("No answer from db-1\nfor 30 s");
        assertThat(rendered.html())
                .contains("No answer from db-1\nfor 30 s")
                .contains("<a href=\"https://gate.example.org/sluice/messages/42\">");
    }

    @Test
    void withoutPublicUrlThereIsNoLink() {
        Rendered rendered = new Rendering(Optional.empty()).of(Example.PASS);

        assertThat(rendered.text()).doesNotContain("http");
        assertThat(rendered.html()).doesNotContain("<a ");
    }

    @Test
    void withoutTitleTheMessageOrTheKeySpeaks() {
        assertThat(rendering.of(Example.saying(" ", "first\nsecond")).title()).isEqualTo("first second");
        assertThat(rendering.of(Example.saying("", "")).title()).isEqualTo("errors~critical:billing/timeout");
    }

    @Test
    void tagsNeverReachThePage() {
        Content hostile = new Content("<script>a</script>", "<img src=x onerror=\"b\">'&", "<b>", "{\"<i>\":1}");

        String html = rendering.of(Example.saying(hostile)).html();

        assertThat(html)
                .doesNotContain("<script", "<img", "<b>", "<i>")
                .contains("&lt;img src=x onerror=&quot;b&quot;&gt;&#39;&amp;");
    }

    @Test
    void longTextIsCutAndSaysSo() {
        Rendered rendered = rendering.of(Example.saying("t".repeat(1 << 20), "m".repeat(1 << 20)));

        assertThat(rendered.title()).isEqualTo("t".repeat(Rendering.MOST_TITLE) + "…");
        assertThat(rendered.body())
                .startsWith("mmm")
                .endsWith("[cut here; 1048576 characters in all]")
                .hasSizeLessThan(100_100);
    }

    static Stream<Arguments> lines() {
        return Stream.of(
                Arguments.of("a\r\nBcc: b@c.d", "a Bcc: b@c.d"),
                Arguments.of("a\u0000b\u001b[31mc\u0085d\u2028e\tf", "a b [31mc d e f"),
                Arguments.of("  a  \n ", "a"),
                Arguments.of("safe\u202Efdp.exe\u202C\u2066x\u2069", "safefdp.exex"),
                Arguments.of("\uD83D", "\uFFFD"),
                Arguments.of("👩‍🔧 ok", "👩‍🔧 ok"),
                Arguments.of("مرحبا", "مرحبا"),
                Arguments.of("1".repeat(21), "1".repeat(20) + "…"),
                Arguments.of("1".repeat(19) + "👩x", "1".repeat(19) + "👩…"));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void aLineIsOneLine(String raw, String line) {
        assertThat(SafeText.line(raw, 20)).isEqualTo(line);
    }

    @Test
    void aBlockKeepsItsLines() {
        assertThat(SafeText.block("a\r\nb\rc\n\td\u0007e\u202Ef", 100)).isEqualTo("a\nb\nc\n\td\uFFFDef");
        assertThat(SafeText.block("1234", 4)).isEqualTo("1234");
        assertThat(SafeText.block("12👩4", 3)).isEqualTo("12👩\n[cut here; 5 characters in all]");
    }

    @Test
    void escapedTextShowsWhatItHides() {
        assertThat(SafeText.escaped("a\nb\r\tc\u001b[0m\u202Ed", 100)).isEqualTo("a\\nb\\u000d\\tc\\u001b[0m\\u202ed");
        assertThat(SafeText.escaped("abc", 2)).isEqualTo("ab…");
    }

    @Test
    void kindsAreAllRendered() {
        for (Message.Kind kind : Message.Kind.values()) {
            Message message = new Message(
                    1,
                    Example.PASS.key(),
                    kind,
                    Example.DOWN,
                    Example.DIGEST.tally(),
                    Example.PASS.window(),
                    List.of());
            assertThat(rendering.of(message).title()).endsWith("Database down");
        }
    }
}
