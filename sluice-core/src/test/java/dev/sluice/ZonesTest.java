package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which zone a level is in, and which ones are over. */
class ZonesTest {
    private static final Zones MARGIN =
            Zones.below().zone("act", 50).zone("alert", 100).build();
    private static final Zones HEAT =
            Zones.above().zone("act", 90).zone("alert", 80).build();
    private static final Zones BALANCE =
            Zones.below().zone("short", Boundary.parse("required x 1.05")).build();
    private static final Zones PERSONAL = Zones.below()
            .zone("act", Boundary.parse("liquidation"))
            .zone("alert", Boundary.parse("cutoff"))
            .recover("alert", Boundary.parse("cutoff x 1.02"))
            .build();

    private static String zone(Zones zones, Level level) {
        Verdict verdict = zones.judge(level);
        if (verdict instanceof Verdict.In in) {
            return in.zone();
        } else if (verdict instanceof Verdict.Gap gap) {
            return "gap of " + gap.zone();
        } else if (verdict instanceof Verdict.Unknown unknown) {
            return unknown.cause().word();
        }
        return zones.safe();
    }

    private static List<String> over(Zones zones, double level) {
        return zones.judge(Level.of(level)).resets().stream()
                .map(Verdict.Reset::zone)
                .toList();
    }

    private static Level personal(double value, double liquidation, double cutoff) {
        return new Level.Known(value, Map.of("liquidation", liquidation, "cutoff", cutoff));
    }

    @ParameterizedTest(name = "S1.5 {0} is {1}")
    @CsvSource({
        "100.00, safe",
        "99.99, alert",
        "50.00, alert",
        "49.99, act",
        "101, safe",
        "0, act",
        "-0.0, act",
        "-5, act",
        "100.00000000000001, safe",
        "99.99999999999999, alert"
    })
    void atABoundaryALevelIsInTheBetterZone(String level, String zone) {
        assertThat(zone(MARGIN, Level.parse(level))).isEqualTo(zone);
    }

    @ParameterizedTest(name = "the mirror: {0} is {1}")
    @CsvSource({"80.00, safe", "80.01, alert", "90.00, alert", "90.01, act", "-5, safe", "0, safe"})
    void levelsThatAreBadWhenHighAreTheMirrorImage(double level, String zone) {
        assertThat(zone(HEAT, Level.of(level))).isEqualTo(zone);
    }

    @ParameterizedTest(name = "S2.1 available {0} of required {1} is {2}")
    @CsvSource({
        "104.99, 100, short",
        "105.00, 100, safe",
        "115.50, 110, safe",
        "115.49, 110, short",
        "0, 0, safe",
        "-0.01, 0, short",
        "0, -100, safe",
        "-105, -100, safe",
        "-105.01, -100, short"
    })
    void enoughIsTheRequirementTimesItsFactor(double available, double required, String zone) {
        assertThat(zone(BALANCE, new Level.Known(available, Map.of("required", required))))
                .isEqualTo(zone);
    }

    @ParameterizedTest(name = "S2.12 a required amount that is {0} says nothing")
    @ValueSource(strings = {"", "abc", "NaN", "inf", "1e999"})
    void aBoundaryThatIsNotKnownSaysNothing(String required) {
        assertThat(BALANCE.judge(Level.of(1).with("required", Level.parse(required))))
                .isInstanceOf(Verdict.Unknown.class);
    }

    @Test
    void withoutTheFieldOfABoundaryNothingCanBeSaid() {
        assertThat(zone(BALANCE, Level.of(1))).isEqualTo("missing");
        assertThat(zone(BALANCE, new Level.Known(1, Map.of("required", Double.MAX_VALUE))))
                .isEqualTo("not-finite");
    }

    @ParameterizedTest
    @EnumSource(Level.Cause.class)
    void ofAnUnknownLevelNothingFollows(Level.Cause cause) {
        Verdict verdict = MARGIN.judge(new Level.Unknown(cause, "why"));

        assertThat(verdict).isEqualTo(new Verdict.Unknown(cause, "why"));
        assertThat(verdict.resets()).isEmpty();
    }

    @Test
    void aZoneIsOverAtItsRecovery() {
        Zones zones = Zones.below()
                .zone("act", 50)
                .zone("alert", 100)
                .recover("alert", 102)
                .build();

        assertThat(zones.judge(Level.of(99)))
                .isEqualTo(new Verdict.In("alert", 102, List.of(new Verdict.Reset("act", 99))));
        assertThat(zones.judge(Level.of(100)))
                .isEqualTo(new Verdict.Gap("alert", List.of(new Verdict.Reset("act", 100))));
        assertThat(zones.judge(Level.of(101.99))).isInstanceOf(Verdict.Gap.class);
        assertThat(zones.judge(Level.of(102)))
                .isEqualTo(new Verdict.Safe(List.of(new Verdict.Reset("act", 102), new Verdict.Reset("alert", 102))));
        assertThat(zones.judge(Level.of(49))).isEqualTo(new Verdict.In("act", 50, List.of()));
    }

    @Test
    void aZoneMayBeOverFarBeyondTheNextOne() {
        Zones zones = Zones.below()
                .zone("act", 50)
                .recover("act", 120)
                .zone("alert", 100)
                .build();

        assertThat(over(zones, 80)).isEmpty();
        assertThat(over(zones, 110)).containsExactly("alert");
        assertThat(zone(zones, Level.of(110))).isEqualTo("gap of act");
        assertThat(over(zones, 120)).containsExactly("act", "alert");
    }

    @Test
    void marksAndLevelsOfTheMirrorImageHaveTheirSignTurned() {
        Zones zones = Zones.above()
                .zone("act", 90)
                .zone("alert", 80)
                .recover("alert", 75)
                .build();

        assertThat(zones.judge(Level.of(85)))
                .isEqualTo(new Verdict.In("alert", -75, List.of(new Verdict.Reset("act", -85))));
        assertThat(zone(zones, Level.of(76))).isEqualTo("gap of alert");
        assertThat(over(zones, 75)).containsExactly("act", "alert");
    }

    @Test
    void boundariesOfASubjectThatContradictEachOtherSayNothing() {
        assertThat(zone(PERSONAL, personal(7, 10, 50))).isEqualTo("act");
        assertThat(zone(PERSONAL, personal(7, 10, 5))).isEqualTo("contradictory");
        assertThat(((Verdict.Unknown) PERSONAL.judge(personal(7, 10, 5))).detail())
                .isEqualTo("'act' is below 10, beyond the better zone 'alert', which is below 5");
        assertThat(zone(PERSONAL, personal(-30, -50, -20)))
                .as("a negative boundary x 1.02 lies inside the zone")
                .isEqualTo("contradictory");
    }

    @Test
    @DisplayName("S1.5 cutoff = liquidation: the alert zone is empty, and nothing falls between the two")
    void boundariesAtTheSamePlaceLeaveNoHole() {
        assertThat(zone(PERSONAL, personal(29.99, 30, 30))).isEqualTo("act");
        assertThat(zone(PERSONAL, personal(30, 30, 30))).isEqualTo("gap of alert");
        assertThat(zone(PERSONAL, personal(30.6, 30, 30))).isEqualTo("safe");
        assertThat(Zones.below().zone("act", 50).zone("alert", 50).faults()).isEmpty();
    }

    @Test
    @DisplayName("S1.5 liquidation above the cutoff is refused, with whatever else contradicts itself")
    void allContradictionsAreToldAtOnce() {
        Zones.Builder zones = Zones.below()
                .zone("act", 120)
                .zone("alert", 100)
                .recover("alert", 99)
                .zone("Alert!", 200)
                .zone("alert", 1)
                .recover("calm", 3)
                .safe("act");

        assertThat(zones.faults())
                .containsExactly(
                        "there are two zones 'alert'",
                        "'act' is the safe zone, and cannot have a boundary",
                        "'Alert!' cannot name a zone: 1 to 64 of a-z 0-9 . _ -, beginning with a letter or digit",
                        "there is no zone 'calm' to recover from",
                        "'act' is below 120, beyond the better zone 'alert', which is below 100",
                        "'alert' is below 100, and would be over at 99, which lies in it");
        assertThatIllegalArgumentException()
                .isThrownBy(zones::build)
                .withMessageContainingAll(zones.faults().toArray(String[]::new));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Zones.below().build())
                .withMessageContaining("there must be a zone");
        assertThat(Zones.above().zone("act", 80).zone("alert", 90).faults())
                .containsExactly("'act' is above 80, beyond the better zone 'alert', which is above 90");
        assertThat(Zones.above().zone("act", 80).recover("act", 81).faults())
                .containsExactly("'act' is above 80, and would be over at 81, which lies in it");
    }

    @Test
    void fixedBoundariesAreComparedOverAFieldBetweenThem() {
        assertThat(Zones.below()
                        .zone("act", 100)
                        .zone("warn", Boundary.parse("cutoff"))
                        .zone("alert", 50)
                        .faults())
                .containsExactly("'act' is below 100, beyond the better zone 'alert', which is below 50");
    }

    @Test
    @DisplayName("S1.10 an action begins below 50 and goes on until 100, also for a subject with levels of its own")
    void anActionHasAStopOfItsOwn() {
        Zones run = MARGIN.until("act", Boundary.at(100));

        assertThat(zone(run, Level.of(49.99))).isEqualTo("act");
        assertThat(zone(run, Level.of(50))).isEqualTo("gap of act");
        assertThat(zone(run, Level.of(100))).isEqualTo("safe");
        assertThatIllegalArgumentException().isThrownBy(() -> MARGIN.until("act", Boundary.at(10)));
        assertThatIllegalArgumentException().isThrownBy(() -> MARGIN.until("safe", Boundary.at(100)));

        Zones personal = PERSONAL.until("act", Boundary.at(10));
        assertThat(zone(personal, personal(5, 10, 50))).isEqualTo("act");
        assertThat(zone(personal, personal(20, 30, 50)))
                .as("a stop inside the zone would never be reached")
                .isEqualTo("contradictory");
    }

    @Test
    void zonesSayWhatTheyNeedAndWhatTheyAre() {
        assertThat(PERSONAL.fields()).containsExactlyInAnyOrder("liquidation", "cutoff");
        assertThat(MARGIN.fields()).isEmpty();
        assertThat(PERSONAL).hasToString("act below liquidation, alert below cutoff until cutoff x 1.02");
        assertThat(HEAT).hasToString("act above 90, alert above 80");
        assertThat(MARGIN.zone("alert").orElseThrow().boundary()).isEqualTo(Boundary.at(100));
        assertThat(MARGIN.zone("safe")).isEmpty();
    }

    @Test
    @DisplayName(
            "S1.5 for random zones and every finite value exactly one zone, and no zone is over where it is entered")
    void everyFiniteValueIsInExactlyOneZone() {
        for (int seed = 0; seed < 500; seed++) {
            RandomGenerator random = new SplittableRandom(seed);
            boolean below = random.nextBoolean();
            List<double[]> bounds = new ArrayList<>();
            Zones zones = random(random, below, bounds);
            for (int i = 0; i < 50; i++) {
                double level = value(random, bounds);
                String at = "seed " + seed + ", " + zones + ", level " + level;
                List<Integer> in = new ArrayList<>();
                List<String> over = new ArrayList<>();
                for (int zone = 0; zone < bounds.size(); zone++) {
                    double worse = zone == 0 ? Double.NEGATIVE_INFINITY : bounds.get(zone - 1)[0];
                    double turned = below ? level : -level;
                    if (turned >= worse && turned < bounds.get(zone)[0]) {
                        in.add(zone);
                    }
                    if (turned >= bounds.get(zone)[1]) {
                        over.add("z" + zone);
                    }
                }
                Verdict verdict = zones.judge(Level.of(level));
                assertThat(in).as(at).hasSizeLessThanOrEqualTo(1);
                assertThat(over(zones, level)).as(at).isEqualTo(over);
                if (!in.isEmpty()) {
                    assertThat(((Verdict.In) verdict).zone()).as(at).isEqualTo("z" + in.get(0));
                    assertThat(over).as(at).doesNotContain("z" + in.get(0));
                } else if (over.size() == bounds.size()) {
                    assertThat(verdict).as(at).isInstanceOf(Verdict.Safe.class);
                } else {
                    assertThat(verdict).as(at).isInstanceOf(Verdict.Gap.class);
                }
            }
        }
    }

    /** Boundaries and recoveries, turned so that a level is bad below; some lie at the same place. */
    private static Zones random(RandomGenerator random, boolean below, List<double[]> bounds) {
        Zones.Builder zones = below ? Zones.below() : Zones.above();
        double boundary = random.nextInt(-100, 100);
        for (int zone = 0; zone < random.nextInt(1, 6); zone++) {
            boundary += random.nextInt(3) == 0 ? 0 : random.nextDouble() * 50;
            double recovery = boundary + (random.nextBoolean() ? 0 : random.nextDouble() * 80);
            bounds.add(new double[] {boundary, recovery});
            zones.zone("z" + zone, below ? boundary : -boundary);
            zones.recover("z" + zone, below ? recovery : -recovery);
        }
        return zones.build();
    }

    private static double value(RandomGenerator random, List<double[]> bounds) {
        double[] some = bounds.get(random.nextInt(bounds.size()));
        double near = some[random.nextInt(2)] * (random.nextBoolean() ? 1 : -1);
        return switch (random.nextInt(6)) {
            case 0 -> near;
            case 1 -> Math.nextUp(near);
            case 2 -> Math.nextDown(near);
            case 3 -> Double.MAX_VALUE * (random.nextBoolean() ? 1 : -1);
            case 4 -> random.nextBoolean() ? 0.0 : -0.0;
            default -> random.nextDouble() * 600 - 300;
        };
    }
}
