package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Notifications as an error handler makes them. */
class ErrorNotifierTest extends WithOutbox {
    private static final Map<String, Object> DETAILS = Map.of("error_type", "Timeout", "attempt", 3);

    @BeforeEach
    void plan() {
        flows.add(ErrorNotifier.plan(List.of("mail")));
    }

    @Test
    void theExampleOfTheDocumentation() {
        ScriptedChannel mail = mail();
        // example: begin
        try (ErrorNotifier errors = ErrorNotifier.open(directory.resolve("errors.db"), Map.of("mail", mail))) {
            try {
                runImport();
            } catch (TimeoutException e) {
                errors.notifyError("Import failed", e.getMessage(), Map.of("error_type", "Timeout"), "Import", false);
            }
            // example: end
            Notified again =
                    errors.notifyError("Import failed", "30 s", Map.of("error_type", "Timeout"), "Import", false);
            assertThat(decided(again).decision().counts().occurrences()).isEqualTo(2);
        }
    }

    @Test
    void theExampleIsTheOneInTheDocumentation() throws IOException {
        Path module = Path.of("").toAbsolutePath();
        String documented = Files.readString(module.resolve("src/main/java/dev/sluice/outbox/ErrorNotifier.java"));
        String compiled = Files.readString(module.resolve("src/test/java/dev/sluice/outbox/ErrorNotifierTest.java"));
        assertThat(lines(documented, "<pre>{@code", "}</pre>"))
                .isEqualTo(lines(compiled, "// example: begin", "// example: end")
                                .replace("directory.resolve(\"errors.db\")", "Path.of(\"data\", \"errors.db\")")
                        + " }");
    }

    private static String lines(String source, String begin, String end) {
        int from = source.indexOf(begin) + begin.length();
        return source.substring(from, source.indexOf(end, from))
                .replaceAll("\\n *\\*", " ")
                .replaceAll("\\s+", " ")
                .strip();
    }

    private static void runImport() throws TimeoutException {
        throw new TimeoutException("30 s");
    }

    @Test
    @DisplayName("S4.1 ten at once: sent, sent, summary, sent, sent, and five held")
    void tenAtOnce() {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            words.add(decided(error("boom", false)).decision().word());
            outbox().tick();
        }
        assertThat(String.join(" ", words))
                .isEqualTo("pass pass summary pass pass suppress suppress suppress suppress suppress");
        assertThat(mail().delivered()).hasSize(5);
        assertThat(mail().delivered().get(2).kind()).isEqualTo(Message.Kind.SUMMARY);
    }

    @Test
    @DisplayName("S4.6 a backfill of ten sends one, and a normal caller of the same error in between keeps its five")
    void backfill() {
        int backfills = 0;
        int normal = 0;
        for (int i = 0; i < 10; i++) {
            backfills += decided(error("boom", true)).goesOut() ? 1 : 0;
            normal += decided(error("boom", false)).goesOut() ? 1 : 0;
        }
        assertThat(backfills).isEqualTo(1);
        assertThat(normal).isEqualTo(5);
    }

    @Test
    void theAnswerSaysHowEachChannelStands() {
        flows.clear();
        flows.add(ErrorNotifier.plan(List.of("mail", "hook")));
        channel("hook").always(new Receipt.Refused("451 later", false));
        Notified.Decided first = decided(error("boom", false));
        assertThat(first.channels()).isEqualTo(Map.of("mail", "waiting", "hook", "waiting"));
        assertThat(first.decision().next()).contains(clock.instant());
        for (int i = 0; i < 5; i++) {
            error("boom", false);
        }
        Notified.Decided held = decided(error("boom", false));
        assertThat(held.goesOut()).isFalse();
        assertThat(held.channels()).isEmpty();
    }

    @Test
    void whatIsMissingHasDefaultsAndNothingIsThrown() {
        ErrorNotifier notifier = notifier();
        assertThat(subject(notifier.notifyError(null, null, null, null, false))).isEqualTo("unknown/error/");
        assertThat(subject(notifier.notifyError(" ", "m"))).isEqualTo("unknown/error/m");
        assertThat(subject(notifier.notifyError("t", "m", Map.of("error_type", " "), " ", false)))
                .isEqualTo("unknown/error/m");
        Map<String, Object> nulls = new HashMap<>();
        nulls.put("error_type", null);
        assertThat(subject(notifier.notifyError("t", "m", nulls, "P", false))).isEqualTo("p/error/m");
    }

    @Test
    void warningsAndInfosAreOtherSubjectsThanErrors() {
        ErrorNotifier notifier = notifier();
        assertThat(subject(notifier.notifyWarning("t", "m", DETAILS, "P"))).isEqualTo("p/warning/m");
        assertThat(subject(notifier.notifyInfo("t", "m", DETAILS, "P"))).isEqualTo("p/info/m");
        outbox().tick();
        assertThat(mail().delivered())
                .extracting(each -> each.content().severity())
                .containsExactly("warning", "info");
    }

    @Test
    void theDetailsOfTheCallerStayAsTheyAreAndGoOutAsJson() {
        Map<String, Object> details = new HashMap<>(DETAILS);
        details.put("text", "a \"quoted\"\nline\u0000");
        Map<String, Object> before = Map.copyOf(details);
        for (int i = 0; i < 3; i++) {
            notifier().notifyError("t", "m", details, "P", false);
        }
        outbox().tick();
        outbox().tick();
        assertThat(details).isEqualTo(before);
        assertThat(mail().delivered().get(0).content().data())
                .isEqualTo(
                        "{\"attempt\":3,\"error_type\":\"Timeout\",\"text\":\"a \\\"quoted\\\"\\u000aline\\u0000\"}");
    }

    @Test
    void detailsThatCannotBeReadKeepNoErrorFromBeingTold() {
        Map<String, Object> broken = new AbstractMap<>() {
            @Override
            public Set<Entry<String, Object>> entrySet() {
                throw new IllegalStateException("broken");
            }
        };
        assertThat(decided(notifier().notifyError("t", "m", broken, "P", false)).goesOut())
                .isTrue();
        Object unprintable = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("broken");
            }
        };
        Map<String, Object> details = Collections.singletonMap("x", unprintable);
        assertThat(decided(notifier().notifyError("t", "n", details, "P", false))
                        .goesOut())
                .isTrue();
    }

    @Test
    void detailsThatHoldEachOtherAreToldAsDeepAsItMakesSense() {
        Map<String, Object> one = new HashMap<>();
        Map<String, Object> other = new HashMap<>(Map.of("one", one));
        one.put("other", other);
        assertThat(decided(notifier().notifyError("t", "m", Map.of("error_type", "E", "d", one), "p", false))
                        .goesOut())
                .isTrue();
        outbox().tick();
        assertThat(mail().delivered().get(0).content().data())
                .startsWith("{\"d\":\"{other={one={other=")
                .endsWith("=...}}}}}}}}}}\",\"error_type\":\"E\"}");
    }

    @Test
    void anObjectWithoutEndKeepsNoErrorFromBeingTold() {
        Object endless = new Object() {
            @Override
            public String toString() {
                return "x" + this;
            }
        };
        List<Object> wide = List.of("x");
        for (int i = 0; i < 9; i++) {
            wide = Collections.nCopies(100, wide);
        }
        Map<String, Object> details = Map.of("endless", endless, "wide", wide, "list", List.of(1, List.of(), "b"));
        assertThat(decided(notifier().notifyError("t", "m", details, "p", false))
                        .goesOut())
                .isTrue();
        outbox().tick();
        assertThat(mail().delivered().get(0).content().data())
                .contains("\"endless\":\"not readable: StackOverflowError\"", "\"list\":\"[1, [], b]\"", " [cut]")
                .hasSizeLessThan(101_000);
    }

    @Test
    void manyLongDetailsAreLeftOutButNotTheTypeOfTheError() {
        Map<String, String> many = new TreeMap<>();
        for (int i = 0; i < 300; i++) {
            many.put("a" + i, "x".repeat(100_000));
        }
        many.put("error_type", "E");
        assertThat(subject(notifier().notifyError("t", "m", many, "p", false))).isEqualTo("p/e/m");
        outbox().tick();
        assertThat(mail().delivered().get(0).content().data())
                .hasSizeLessThan(610_000)
                .contains("\"error_type\":\"E\"", "\"details\":\"296 more were left out\"");
    }

    @Test
    @Timeout(20)
    void lettersThatGetLongerInLowerCaseTakeNoLongerThanOthers() {
        String letters = "\u0130".repeat(400_000);
        assertThat(decided(notifier().notifyError("t", letters, Map.of("error_type", letters), letters, false))
                        .goesOut())
                .isTrue();
    }

    @Test
    void aStoreThatIsAwayIsAnAnswerAndNoException() {
        ErrorNotifier notifier = notifier();
        outbox();
        close();
        assertThat(notifier.notifyError("t", "m")).isInstanceOf(Notified.Unavailable.class);
    }

    @Test
    void anOutboxWithoutTheFlowIsAnAnswerAndNoException() {
        flows.clear();
        assertThat(notifier().notifyError("t", "m")).isEqualTo(new Notified.Unavailable("there is no flow 'errors'"));
    }

    @Test
    void anInterruptedThreadIsAnAnswerAndStaysInterrupted() {
        ErrorNotifier notifier = notifier();
        Thread.currentThread().interrupt();
        Notified answer = notifier.notifyError("t", "m");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(answer).isInstanceOf(Notified.class);
        // The error is still told, by another thread; one behind it is answered when that is done.
        assertThat(decided(notifier.notifyError("t", "m")).decision().counts().occurrences())
                .isEqualTo(2);
    }

    private ErrorNotifier notifier() {
        return ErrorNotifier.over(outbox());
    }

    private Notified error(String message, boolean backfill) {
        return notifier().notifyError("Import failed", message, DETAILS, "Import", backfill);
    }

    private static Notified.Decided decided(Notified answer) {
        assertThat(answer).isInstanceOf(Notified.Decided.class);
        return (Notified.Decided) answer;
    }

    private static String subject(Notified answer) {
        return decided(answer).decision().key().subject();
    }
}
