package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The uses that README and docs/watches.md show, line by line. */
class LevelWatchTenLinesTest {
    private final Store store = new MemoryStore(100_000, InstantSource.system());
    private final List<String> mails = new ArrayList<>();
    private final List<String> closed = new ArrayList<>();
    private final CountDownLatch done = new CountDownLatch(1);
    private final Map<String, String> hash = new ConcurrentHashMap<>();

    private void mail(String text) {
        mails.add(text);
    }

    private Level margin(String account) {
        return Level.parse(hash.getOrDefault(account, ""));
    }

    private boolean closeWorst(String account) {
        closed.add(account);
        hash.put(account, "120");
        done.countDown();
        return true;
    }

    private void close(String order, long fence) {
        closed.add(order + " " + (fence > 0));
    }

    private void watchMargins() throws InterruptedException {
        Zones zones = Zones.below().zone("act", 50).zone("alert", 100).build();
        try (Gate gate = Gate.over(store)
                        .flow("margin-call", zones, Rule.allow("once per 3h").build())
                        .flow("liquidation", Rule.allow("exclusive").build())
                        .build();
                LevelWatch watch = LevelWatch.over(gate, "margin-call", zones)
                        .tell("alert", call -> mail(call.subject() + " is below 100 %"))
                        .act("act", Boundary.at(100), "liquidation", this::margin, act -> closeWorst(act.subject()))
                        .build()) {
            watch.check("live:42", margin("live:42"));
            // The documents end here.
            hash.put("live:42", "abc");
            watch.check("live:42", margin("live:42"));
            hash.put("live:42", "40");
            watch.check("live:42", margin("live:42"));
            assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void tenLinesTellOfAMarginAndActOnIt() throws InterruptedException {
        hash.put("live:42", "80");
        watchMargins();

        assertThat(mails).containsExactly("live:42 is below 100 %");
        assertThat(closed).containsExactly("live:42");
    }

    private boolean decide(Gate gate, String available, String required) {
        Zones zones =
                Zones.below().zone("short", Boundary.parse("required x 1.05")).build();
        Verdict verdict = zones.judge(Level.parse(available).with("required", Level.parse(required)));
        verdict.resets().forEach(reset -> gate.reset(Key.of("margin", reset.zone(), "kraken"), reset.level()));
        if (verdict instanceof Verdict.In in) {
            return gate.offer(Key.of("margin", in.zone(), "kraken"), in.mark()).passes();
        }
        return false;
    }

    @Test
    void aGateAndZonesDoItWithoutAWatch() {
        try (Gate gate = Gate.over(store)
                .flow("margin", "short", Rule.allow("once until reset").build())
                .build()) {
            assertThat(decide(gate, "105", "100")).isFalse();
            assertThat(decide(gate, "104.99", "100")).isTrue();
            assertThat(decide(gate, "104.99", "100")).isFalse();
        }
    }

    private void closeAll(Gate gate, List<String> orders) {
        gate.hold(Key.of("liquidation", "live:42"), holding -> {
            for (String order : orders) {
                if (!holding.isHeld()) {
                    return;
                }
                close(order, holding.fence());
            }
        });
    }

    @Test
    void aKeyIsHeldStepByStep() {
        try (Gate gate = Gate.over(store)
                .flow("liquidation", Rule.allow("exclusive").build())
                .build()) {
            closeAll(gate, List.of("o1", "o2"));
        }
        assertThat(closed).containsExactly("o1 true", "o2 true");
    }

    @ParameterizedTest
    @CsvSource({"../README.md, 1", "../docs/watches.md, 3"})
    void theDocumentsShowTheseLines(String document, int examples) throws IOException {
        String test = joined(Files.readString(Path.of("src/test/java/dev/sluice/LevelWatchTenLinesTest.java")));
        List<String> shown = Arrays.stream(Files.readString(Path.of(document)).split("```java\n"))
                .skip(1)
                .map(text -> text.substring(0, text.indexOf("```")))
                .filter(text -> !text.contains("\"errors\""))
                .toList();

        assertThat(shown).hasSize(examples);
        shown.stream().flatMap(String::lines).forEach(line -> assertThat(test).contains(joined(line)));
    }

    private static String joined(String text) {
        return text.lines().map(String::trim).collect(Collectors.joining());
    }
}
