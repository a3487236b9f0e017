package dev.sluice.server.dedupe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which entries of one user and content stay. */
class DedupeJudgeTest {
    private static final long WINDOW = 24;
    private static final int LOGS = 3_000;

    private record Entry(String id, boolean sent, long at) {}

    /** {@code s5} was sent at 5, {@code u7} was not at 7; the id is the place in the text. */
    private static List<Entry> entries(String text) {
        List<Entry> all = new ArrayList<>();
        for (String each : text.split(" ", -1)) {
            all.add(new Entry(each, each.startsWith("s"), Long.parseLong(each.substring(1))));
        }
        return all;
    }

    private static Map<String, Optional<Judge.Verdict>> judged(List<Entry> entries) {
        Judge judge = new Judge(WINDOW);
        judge.begin();
        Map<String, Optional<Judge.Verdict>> verdicts = new LinkedHashMap<>();
        entries.stream()
                .sorted(Comparator.comparing((Entry each) -> !each.sent())
                        .thenComparingLong(Entry::at)
                        .thenComparing(Entry::id))
                .forEach(each -> verdicts.put(each.id(), judge.judge(each.id(), each.sent(), each.at())));
        return verdicts;
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "one that was sent stays, s0, ''",
        "sent again inside the window, s0 s23, s23 of s0",
        "exactly a window later is another one, s0 s24, ''",
        "the window is that of the last that stays, s0 s23 s25 s47, s23 of s0 s47 of s25",
        "it does not move on with what goes, s0 s12 s24, s12 of s0",
        "not sent and then sent, u0 s1, u0 of s1",
        "sent and then not sent, s0 u1, u1 of s0",
        "exactly a window before, u0 s24, ''",
        "exactly a window after, s0 u24, ''",
        "between two windows, s0 s48 u24, ''",
        "near the second, s0 s40 u30, u30 of s40",
        "beside one that goes only, s0 s20 u43, s20 of s0",
        "failed again and again, u0 u1 u23 u24, u1 of u0 u23 of u0",
        "failed twice and then sent, u0 u1 s2, u0 of s2 u1 of s2",
        "failed long before and right before it was sent, u0 u23 s25, u23 of s25"
    })
    void keepsWhatWasToldOnceInAWindow(String name, String entries, String duplicates) {
        StringBuilder found = new StringBuilder();
        judged(entries(entries)).entrySet().stream()
                .sorted(Comparator.comparingLong(
                        each -> Long.parseLong(each.getKey().substring(1))))
                .forEach(each -> each.getValue()
                        .ifPresent(verdict -> found.append(found.isEmpty() ? "" : " ")
                                .append(each.getKey())
                                .append(" of ")
                                .append(verdict.kept())));
        assertThat(found.toString()).as(name).isEqualTo(duplicates);
    }

    private static List<Entry> random(Random random) {
        List<Entry> all = new ArrayList<>();
        int size = 1 + random.nextInt(14);
        for (int i = 0; i < size; i++) {
            all.add(new Entry("id" + (10 + i), random.nextInt(3) > 0, random.nextInt(120)));
        }
        return all;
    }

    private static List<Entry> kept(List<Entry> entries) {
        Map<String, Optional<Judge.Verdict>> verdicts = judged(entries);
        return entries.stream()
                .filter(each -> Optional.empty().equals(verdicts.get(each.id())))
                .toList();
    }

    @Test
    @DisplayName(
            "random logs: nothing of what stays is within a window of another; each that goes has its reason there")
    void whatStaysIsFarApart() {
        for (int seed = 0; seed < LOGS; seed++) {
            List<Entry> all = random(new Random(seed));
            List<Entry> kept = kept(all);
            for (Entry one : kept) {
                assertThat(kept.stream().filter(other -> Math.abs(other.at() - one.at()) < WINDOW))
                        .as("seed %s", seed)
                        .containsExactly(one);
            }
            judged(all)
                    .forEach((id, verdict) -> verdict.ifPresent(
                            what -> assertThat(kept).extracting(Entry::id).contains(what.kept())));
            assertThat(kept.stream().anyMatch(Entry::sent))
                    .as("a mail that was sent is remembered")
                    .isEqualTo(all.stream().anyMatch(Entry::sent));
        }
    }

    @Test
    @DisplayName("random logs: whichever duplicates are gone already, the same rows stay; again there are none")
    void anyPartOfTheWayLeadsToTheSameEnd() {
        for (int seed = 0; seed < LOGS; seed++) {
            Random random = new Random(seed);
            List<Entry> all = random(random);
            List<Entry> kept = kept(all);
            List<Entry> some = all.stream()
                    .filter(each -> kept.contains(each) || random.nextBoolean())
                    .toList();
            assertThat(kept(some)).as("seed %s", seed).isEqualTo(kept);
            assertThat(kept(kept)).as("seed %s", seed).isEqualTo(kept);
        }
    }
}
