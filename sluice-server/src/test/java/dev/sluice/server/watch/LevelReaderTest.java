package dev.sluice.server.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Boundary;
import dev.sluice.Level;
import dev.sluice.Level.Cause;
import dev.sluice.Zones;
import dev.sluice.server.config.WatchConfig;
import dev.sluice.server.watch.LevelReader.Reading;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the values of a subject say of its level. */
class LevelReaderTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:01:00Z");

    private static final LevelReader MARGIN = reader(
            Zones.below().zone("act", 50).zone("alert", 100).build(),
            new WatchConfig.Fields(
                    "margin_level",
                    Optional.of(new WatchConfig.Freshness("ts", Duration.ofSeconds(60))),
                    Optional.of(new WatchConfig.Status("calc_status", List.of("ok"))),
                    Optional.of("used_margin")));

    private static LevelReader reader(Zones zones, WatchConfig.Fields fields) {
        return new LevelReader(new WatchConfig(
                fields,
                zones,
                new WatchConfig.OnUnknown(3, false),
                Map.of(),
                Map.of(),
                new WatchConfig.OnRecovery(true, false)));
    }

    private static Map<String, String> values(String... changes) {
        Map<String, String> values = new HashMap<>(
                Map.of("margin_level", "80.5", "used_margin", "10", "calc_status", "ok", "ts", "2026-01-01T00:00:00Z"));
        for (int i = 0; i < changes.length; i += 2) {
            if (changes[i + 1].equals("-")) {
                values.remove(changes[i]);
            } else {
                values.put(changes[i], changes[i + 1]);
            }
        }
        return values;
    }

    @Test
    void aLevelThatIsFreshAndReliableIsKnown() {
        assertThat(MARGIN.read(values(), NOW)).isEqualTo(new Reading.Of(Level.of(80.5)));
    }

    @ParameterizedTest
    @DisplayName("S1.7 what is missing, no number, too old or degraded is unknown, and says why")
    @CsvSource({
        "margin_level, -, MISSING",
        "margin_level, '', MISSING",
        "margin_level, abc, UNPARSABLE",
        "margin_level, nan, NOT_FINITE",
        "margin_level, inf, NOT_FINITE",
        "used_margin, -, MISSING",
        "used_margin, abc, UNPARSABLE",
        "calc_status, degraded, DEGRADED",
        "calc_status, error, DEGRADED",
        "calc_status, -, MISSING",
        "ts, -, MISSING",
        "ts, yesterday, UNPARSABLE",
        "ts, 2025-12-31T23:59:59.999Z, STALE",
        "ts, 1, STALE"
    })
    void whatIsNotKnownSaysWhy(String field, String value, Cause cause) {
        assertThat(MARGIN.read(values(field, value), NOW))
                .isInstanceOfSatisfying(
                        Reading.Of.class,
                        read -> assertThat(read.level()).isInstanceOfSatisfying(Level.Unknown.class, unknown -> {
                            assertThat(unknown.cause()).isEqualTo(cause);
                            assertThat(unknown.detail()).contains(field);
                        }));
    }

    @ParameterizedTest
    @DisplayName("a time is read in seconds, milliseconds or as ISO 8601")
    @CsvSource({"1767225600", "1767225600.0", "1767225600000", "2026-01-01T00:00:00Z"})
    void timesAreRead(String time) {
        assertThat(MARGIN.read(values("ts", time), NOW)).isEqualTo(new Reading.Of(Level.of(80.5)));
        assertThat(MARGIN.read(values("ts", time), NOW.plusMillis(1)))
                .isInstanceOfSatisfying(
                        Reading.Of.class, read -> assertThat(read.level()).isInstanceOf(Level.Unknown.class));
    }

    @Test
    @DisplayName("S1.7 an account without positions is flat, which is well, and not at 0 %")
    void nothingAtStakeIsFlat() {
        assertThat(MARGIN.read(values("used_margin", "0.00", "margin_level", "0.0"), NOW))
                .isEqualTo(new Reading.Flat());
        assertThat(MARGIN.read(values("used_margin", "0", "calc_status", "degraded"), NOW))
                .isNotEqualTo(new Reading.Flat());
    }

    @Test
    @DisplayName("S2.12 a boundary that is not known makes the level unknown")
    void boundariesAreReadToo() {
        LevelReader shortfall = reader(
                Zones.below().zone("short", Boundary.parse("required x 1.05")).build(),
                new WatchConfig.Fields("available", Optional.empty(), Optional.empty(), Optional.empty()));
        assertThat(shortfall.read(Map.of("available", "104.99", "required", "100"), NOW))
                .isEqualTo(new Reading.Of(new Level.Known(104.99, Map.of("required", 100.0))));
        assertThat(shortfall.read(Map.of("available", "104.99", "required", "None"), NOW))
                .isInstanceOfSatisfying(
                        Reading.Of.class, read -> assertThat(read.level()).isInstanceOf(Level.Unknown.class));
    }
}
