package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Levels become messages and resets, on a clock that is moved by hand and with a sink that takes everything at once. */
class LevelWatchTest {
    private static final String ACCOUNT = "live:42";
    private static final Zones MARGIN =
            Zones.below().zone("act", 50).zone("alert", 100).build();
    private static final Zones MARGIN_PLUS_TWO = Zones.below()
            .zone("act", 50)
            .zone("alert", 100)
            .recover("alert", 102)
            .build();
    private static final Zones BALANCE =
            Zones.below().zone("short", Boundary.parse("required x 1.05")).build();
    private static final Rule MARGIN_CALL =
            Rule.allow("once per 3h").onReset(OnReset.IGNORE).build();
    private static final Rule REARMING = Rule.allow("once per 3h").build();
    private static final Rule SHORTFALL = Rule.allow("once until reset").build();

    /** The warnings of what fails on purpose here would hide those that matter. */
    private final Logger warnings = Logger.getLogger(LevelWatch.class.getName());

    private final HandClock clock = new HandClock();
    private final UnreliableStore store = new UnreliableStore(new MemoryStore(1_000, clock));
    private final List<String> told = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();

    @BeforeEach
    void hideWarnings() {
        warnings.setLevel(java.util.logging.Level.OFF);
    }

    @AfterEach
    void showWarnings() {
        warnings.setLevel(null);
    }

    private LevelWatch watch(Zones zones, Rule rule) {
        return watch(store, zones, rule);
    }

    private LevelWatch watch(Store over, Zones zones, Rule rule) {
        Gate gate = Gate.over(over).flow("flow", zones, rule).manualTimer().build();
        LevelWatch.Builder watch = LevelWatch.over(gate, "flow", zones)
                .onUnknown(
                        3,
                        (subject, why) ->
                                notices.add(subject + " " + why.cause().word()));
        zones.bad().forEach(zone -> watch.tell(zone.name(), this::tell));
        return watch.build();
    }

    private void tell(LevelWatch.Occurrence occurrence) {
        told.add(occurrence.zone() + "@"
                + Duration.between(HandClock.START, clock.instant()).toSeconds());
    }

    private void at(double seconds) {
        clock.set(Duration.ofMillis(Math.round(seconds * 1_000)));
    }

    private static Level balance(double available, double required) {
        return new Level.Known(available, Map.of("required", required));
    }

    @Test
    @DisplayName("S1.1 80 % every 200 ms for nine hours: told at 0, 10800 and 21600 s, and never else")
    void onceInThreeHours() {
        LevelWatch watch = watch(MARGIN, MARGIN_CALL);
        for (int event = 0; event < 162_000; event++) {
            clock.set(Duration.ofMillis(200L * event));
            watch.check(ACCOUNT, Level.of(80));
        }
        assertThat(told).containsExactly("alert@0", "alert@10800", "alert@21600");
    }

    @Test
    @DisplayName("S1.2 four nodes, 50 events each at the same time: told once")
    void onceAmongNodes() throws Exception {
        SharedStore shared = new SharedStore(clock);
        AtomicInteger mails = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int node = 0; node < 4; node++) {
                Gate gate = Gate.over(shared.seen())
                        .flow("flow", MARGIN, MARGIN_CALL)
                        .ticks(clock)
                        .manualTimer()
                        .build();
                LevelWatch watch = LevelWatch.over(gate, "flow", MARGIN)
                        .tell("alert", alert -> mails.incrementAndGet())
                        .build();
                for (int event = 0; event < 50; event++) {
                    all.add(threads.submit(() -> {
                        go.await();
                        return watch.check(ACCOUNT, Level.of(80));
                    }));
                }
            }
            go.countDown();
            for (Future<?> one : all) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(mails).hasValue(1);
    }

    @Test
    @DisplayName("S1.4 told at 0, not at 10799.9, again at 10800.0 s")
    void againAtExactlyTheEndOfTheWindow() {
        LevelWatch watch = watch(MARGIN, MARGIN_CALL);
        for (double second : new double[] {0, 10_799.9, 10_800}) {
            at(second);
            watch.check(ACCOUNT, Level.of(80));
        }
        assertThat(told).containsExactly("alert@0", "alert@10800");
    }

    @Test
    @DisplayName("S1.6 80 at 0, 100 at 60, 80 at 120 s: one message as it ships, two where recovery re-arms")
    void recoveryReArmsOnlyIfTheRuleSaysSo() {
        for (Rule rule : List.of(MARGIN_CALL, REARMING)) {
            LevelWatch watch = watch(new MemoryStore(10, clock), MARGIN, rule);
            int event = 0;
            for (double level : new double[] {80, 100, 80}) {
                at(60.0 * event++);
                watch.check(ACCOUNT, Level.of(level));
            }
        }
        assertThat(told).containsExactly("alert@0", "alert@0", "alert@120");
    }

    @Test
    @DisplayName(
            "S1.6 99.9 and 100.0 ten times in 10 s: one message with a recovery 2 points higher, or a dwell of 60 s")
    void flappingIsToldOnce() {
        Rule dwelling = Rule.allow("once per 3h")
                .onReset(OnReset.after(Duration.ofSeconds(60)))
                .build();
        assertThat(flapping(MARGIN_PLUS_TWO, REARMING)).hasSize(1);
        assertThat(flapping(MARGIN, dwelling)).hasSize(1);
        assertThat(flapping(MARGIN, REARMING)).as("without either").hasSize(10);
    }

    private List<String> flapping(Zones zones, Rule rule) {
        told.clear();
        LevelWatch watch = watch(new MemoryStore(10, clock), zones, rule);
        for (int time = 0; time < 10; time++) {
            at(time);
            watch.check(ACCOUNT, Level.of(99.9));
            at(time + 0.5);
            watch.check(ACCOUNT, Level.of(100.0));
        }
        return List.copyOf(told);
    }

    @Test
    void afterTheDwellItIsToldAgain() {
        LevelWatch watch = watch(
                MARGIN,
                Rule.allow("once per 3h")
                        .onReset(OnReset.after(Duration.ofSeconds(60)))
                        .build());
        watch.check(ACCOUNT, Level.of(80));
        at(10);
        watch.check(ACCOUNT, Level.of(100));
        at(70);
        watch.check(ACCOUNT, Level.of(80));

        assertThat(told).containsExactly("alert@0", "alert@70");
    }

    @ParameterizedTest
    @DisplayName("S1.7 an unknown level is no message, ends no episode, and is noticed once after three in a row")
    @EnumSource(Level.Cause.class)
    void anUnknownLevelDoesNothing(Level.Cause cause) {
        LevelWatch watch = watch(MARGIN, REARMING);
        watch.check(ACCOUNT, Level.of(80));
        for (int time = 1; time <= 25; time++) {
            at(time);
            LevelWatch.Reading reading = watch.check(ACCOUNT, new Level.Unknown(cause, "why"));
            assertThat(reading.zone()).isEqualTo("unknown");
            assertThat(reading.decision()).isEmpty();
            assertThat(notices).hasSize(time < 3 ? 0 : 1);
        }
        at(30);
        watch.check(ACCOUNT, Level.of(80));

        assertThat(told).as("the episode of before goes on").containsExactly("alert@0");
        assertThat(notices).containsExactly(ACCOUNT + " " + cause.word());
        assertThat(watch.unknowns()).isEqualTo(25);
    }

    @Test
    @DisplayName("S1.7 a level in between ends the row")
    void onlyUnknownLevelsInARowAreNoticed() {
        LevelWatch watch = watch(MARGIN, MARGIN_CALL);
        for (String level : new String[] {"", "abc", "80", "nan", "", "100", "", ""}) {
            watch.check(ACCOUNT, Level.parse(level));
        }
        watch.check("live:43", Level.parse(""));
        assertThat(notices).isEmpty();
        watch.check(ACCOUNT, Level.parse("inf"));
        assertThat(notices).containsExactly(ACCOUNT + " not-finite");
    }

    @Test
    @DisplayName("S1.11 from 120 to 40 in one tick, and from 80 to 40: told, whatever the milder zone told before")
    void escalationIsNeverMasked() {
        LevelWatch watch = watch(MARGIN, MARGIN_CALL);
        watch.check("crash", Level.of(120));
        watch.check("crash", Level.of(40));
        at(1);
        watch.check("slide", Level.of(80));
        at(2);
        watch.check("slide", Level.of(40));
        at(3);
        watch.check("slide", Level.of(80));

        assertThat(told).containsExactly("act@0", "alert@1", "act@2");
    }

    @Test
    @DisplayName("S2.1 required 100: 104.99 is told, 105.00 is not")
    void enoughIsNotTold() {
        LevelWatch watch = watch(BALANCE, SHORTFALL);
        assertThat(watch.check("kraken", balance(105, 100)).zone()).isEqualTo("safe");
        assertThat(told).isEmpty();
        LevelWatch.Reading reading = watch.check("kraken", balance(104.99, 100));
        assertThat(reading.zone()).isEqualTo("short");
        assertThat(reading.decision().orElseThrow().passes()).isTrue();
        assertThat(told).containsExactly("short@0");
    }

    @Test
    @DisplayName("S2.2 short for 24 h, checked every 60 s: told once")
    void oneMessageForOneEpisode() {
        LevelWatch watch = watch(BALANCE, SHORTFALL);
        for (int check = 0; check < 1_440; check++) {
            at(60.0 * check);
            watch.check("kraken", balance(50, 100));
        }
        assertThat(told).containsExactly("short@0");
    }

    @Test
    @DisplayName("S2.3 50 at 0, 200 at 60, 50 at 120 s: told at 0 and 120")
    void recoveryArmsAgain() {
        LevelWatch watch = watch(BALANCE, SHORTFALL);
        watch.check("kraken", balance(50, 100));
        at(60);
        watch.check("kraken", balance(200, 100));
        at(120);
        watch.check("kraken", balance(50, 100));

        assertThat(told).containsExactly("short@0", "short@120");
    }

    @Test
    @DisplayName("S2.4 in memory a restart forgets: told again")
    void aRestartForgetsWhatWasInMemory() {
        watch(new MemoryStore(10, clock), BALANCE, SHORTFALL).check("kraken", balance(50, 100));
        at(120);
        watch(new MemoryStore(10, clock), BALANCE, SHORTFALL).check("kraken", balance(50, 100));

        assertThat(told).containsExactly("short@0", "short@120");
    }

    @Test
    @DisplayName("S2.5 a reminder every hour: at exactly 3600, 7200 s")
    void aReminderComesAtExactlyItsTime() {
        LevelWatch watch = watch(BALANCE, Rule.allow("once per 1h").build());
        for (double second : new double[] {0, 3_599.999, 3_600, 7_199.999, 7_200}) {
            at(second);
            watch.check("kraken", balance(50, 100));
        }
        assertThat(told).containsExactly("short@0", "short@3600", "short@7200");
    }

    @Test
    @DisplayName("S2.8 ten checks at the same time: told once")
    void parallelChecksAreToldOnce() throws Exception {
        Gate gate =
                Gate.over(store).flow("flow", BALANCE, SHORTFALL).manualTimer().build();
        AtomicInteger mails = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(10);
        LevelWatch watch = LevelWatch.over(gate, "flow", BALANCE)
                .tell("short", shortage -> mails.incrementAndGet())
                .build();
        ExecutorService threads = Executors.newFixedThreadPool(10);
        try {
            List<Future<?>> checks = new ArrayList<>();
            for (int thread = 0; thread < 10; thread++) {
                checks.add(threads.submit(() -> {
                    all.countDown();
                    all.await();
                    return watch.check("kraken", balance(50, 100));
                }));
            }
            for (Future<?> check : checks) {
                check.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(mails).hasValue(1);
    }

    @Test
    @DisplayName("S2.10 required 100 and 50 in turn, available 60, 50 checks: told once")
    void recoveryNeedsTheRequirementThatWasTold() {
        LevelWatch watch = watch(BALANCE, SHORTFALL);
        for (int check = 0; check < 50; check++) {
            at(60.0 * check);
            watch.check("kraken", balance(60, check % 2 == 0 ? 100 : 50));
        }
        assertThat(told).containsExactly("short@0");

        watch.check("kraken", balance(104.99, 50));
        watch.check("kraken", balance(60, 100));
        assertThat(told).as("104.99 would not be enough for what was told").hasSize(1);
        watch.check("kraken", balance(105, 50));
        watch.check("kraken", balance(60, 100));
        assertThat(told).hasSize(2);
    }

    @Test
    @DisplayName("S2.10 a smaller order while the shortage is being told: told once")
    void aSmallerOrderWhileItIsBeingToldIsNoRecovery() {
        Gate gate =
                Gate.over(store).flow("flow", BALANCE, SHORTFALL).manualTimer().build();
        LevelWatch other = watch(BALANCE, SHORTFALL);
        LevelWatch watch = LevelWatch.over(gate, "flow", BALANCE)
                .tell("short", shortage -> {
                    other.check("kraken", balance(60, 50));
                    tell(shortage);
                })
                .build();
        for (int check = 0; check < 3; check++) {
            at(60.0 * check);
            watch.check("kraken", balance(60, 100));
        }
        assertThat(told).containsExactly("short@0");
    }

    @Test
    void theMirrorImageComparesMarksTheRightWayRound() {
        Zones exposure = Zones.above().zone("over", Boundary.parse("allowed")).build();
        LevelWatch watch = watch(exposure, SHORTFALL);
        for (int check = 0; check < 50; check++) {
            watch.check("desk", new Level.Known(80, Map.of("allowed", check % 2 == 0 ? 50.0 : 100.0)));
        }
        assertThat(told).hasSize(1);
        watch.check("desk", new Level.Known(50, Map.of("allowed", 100.0)));
        watch.check("desk", new Level.Known(80, Map.of("allowed", 50.0)));
        assertThat(told).hasSize(2);
    }

    @Test
    @DisplayName("S2.12 a balance of None, NaN or an error: no message, no reset, and a notice")
    void anUnknownBalanceDoesNothing() {
        LevelWatch watch = watch(BALANCE, SHORTFALL);
        watch.check("kraken", balance(50, 100));
        for (Level unknown : List.of(
                Level.missing("None"),
                Level.of(Double.NaN),
                new Level.Unknown(Level.Cause.READ_ERROR, "timeout"),
                Level.of(200),
                Level.of(200).with("required", Level.parse("")))) {
            assertThat(watch.check("kraken", unknown).zone()).isEqualTo("unknown");
        }
        watch.check("kraken", balance(50, 100));

        assertThat(told).containsExactly("short@0");
        assertThat(notices).hasSize(1);
    }

    @Test
    @DisplayName("S2.13 an episode of which nothing was heard for 7 days is over: the next shortage is told")
    void anIdleEpisodeEnds() {
        LevelWatch watch = watch(BALANCE, SHORTFALL);
        watch.check("kraken", balance(50, 100));
        at(604_799);
        watch.check("kraken", balance(50, 100));
        at(1_209_599);
        watch.check("kraken", balance(50, 100));

        assertThat(told)
                .containsExactly("short@0", "short@" + (Duration.ofDays(14).toSeconds() - 1));
    }

    @Test
    void whatCouldNotBeToldIsToldAfterItsRest() {
        Gate gate =
                Gate.over(store).flow("flow", MARGIN, MARGIN_CALL).manualTimer().build();
        List<String> tries = new ArrayList<>();
        LevelWatch watch = LevelWatch.over(gate, "flow", MARGIN)
                .tell("alert", alert -> {
                    tries.add(alert.subject() + "@" + clock.instant());
                    if (tries.size() < 3) {
                        throw new IOException("no route to host");
                    }
                    tell(alert);
                })
                .build();
        LevelWatch.Reading first = watch.check(ACCOUNT, Level.of(80));
        for (int second = 1; second <= 60; second++) {
            at(second);
            watch.check(ACCOUNT, Level.of(80));
        }

        assertThat(first.failure()).get().isInstanceOf(IOException.class);
        assertThat(tries).hasSize(3);
        assertThat(told).as("after rests of 5 and 10 s").containsExactly("alert@15");
    }

    @Test
    void aReadingSaysTheZoneAndWhyItIsHeld() {
        LevelWatch watch = watch(MARGIN_PLUS_TWO, REARMING);
        watch.check(ACCOUNT, Level.of(80));

        LevelWatch.Reading held = watch.check(ACCOUNT, Level.of(80));
        assertThat(held.zone()).isEqualTo("alert");
        assertThat(held.decision().orElseThrow().facts().reason()).isEqualTo(Reason.LIMIT);
        LevelWatch.Reading gap = watch.check(ACCOUNT, Level.of(101));
        assertThat(gap.zone()).isEqualTo("safe");
        assertThat(gap.verdict()).isInstanceOf(Verdict.Gap.class);
        assertThat(gap.decision()).isEmpty();
    }

    @Test
    void whileTheStoreIsAwayAMarginIsStillToldByTheRule() {
        SharedStore.View view = new SharedStore(clock).seen();
        LevelWatch watch = watch(view, MARGIN, REARMING);
        view.refuse(command -> true);
        assertThatExceptionOfType(StoreException.class)
                .as("the zone that is over could not be reset")
                .isThrownBy(() -> watch.check(ACCOUNT, Level.of(80)));
        assertThat(told).containsExactly("alert@0");
    }

    @Test
    void aSubjectThatIsTooLongIsHashed() {
        LevelWatch watch = watch(MARGIN, REARMING);
        String subject = "x".repeat(1_000);
        watch.check(subject, Level.of(80));
        watch.check(subject, Level.of(120));
        watch.check(subject, Level.of(80));
        assertThat(told).hasSize(2);
    }

    @Test
    void whatDoesNotFitIsRefusedAllAtOnce() {
        Gate gate = Gate.over(store)
                .flow("margin-call", "alert", MARGIN_CALL)
                .flow("shared", MARGIN_CALL)
                .manualTimer()
                .build();
        LevelWatch.Levels levels = subject -> Level.of(1);
        assertThatIllegalStateException()
                .isThrownBy(() -> LevelWatch.over(gate, "margin-call", MARGIN)
                        .tell("act", this::tell)
                        .tell("alert", this::tell)
                        .tell("calm", this::tell)
                        .act("act", Boundary.at(100), "shared", levels, act -> false)
                        .act("alert", Boundary.at(100), "nowhere", levels, act -> false)
                        .build())
                .withMessageContainingAll(
                        "the gate has no flow 'margin-call~act'",
                        "there is no zone 'calm' to tell",
                        "the rule of 'shared' must be exclusive, and is once per 3h",
                        "the gate has no flow 'nowhere'");
        assertThat(Optional.of(gate)).isPresent();
    }
}
