package dev.sluice.server.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.config.ConfigReader;
import dev.sluice.server.config.ServerConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Simulated accounts with orders, and all that is done by their levels, in virtual time. A failing history names its seed,
 * and is played alone with {@code -Dsluice.history.seed=N}.
 */
class AccountHistoriesTest {
    private static final System.Logger LOG = System.getLogger(AccountHistoriesTest.class.getName());
    private static final int HISTORIES = Integer.getInteger("sluice.histories.accounts", 60);

    @TempDir
    Path directory;

    @Test
    @DisplayName(
            "one message per window, zone and arming; no action by what is not known or not in its zone; no two at once;"
                    + " each order closed once; nothing untold for longer than a window")
    void randomHistories() throws Exception {
        long first = Long.getLong("sluice.history.seed", 0);
        long last = Long.getLong("sluice.history.seed", HISTORIES - 1L);
        AccountHistory.Counts all = new AccountHistory.Counts();
        for (long seed = first; seed <= last; seed++) {
            Path home = Files.createDirectory(directory.resolve("seed-" + seed));
            boolean rearms = seed % 2 == 0;
            try (AccountHistory history = new AccountHistory(seed, home, config(home, rearms), rearms)) {
                history.play();
                all.add(history.counts());
            }
        }
        LOG.log(System.Logger.Level.INFO, "{0} histories: {1}", last - first + 1, all);
        // Else they would prove nothing.
        if (first != last) {
            assertThat(List.of(all.told, all.steps, all.refused, all.restarts, all.unknown))
                    .allMatch(times -> times > HISTORIES / 4);
        }
    }

    private static ServerConfig config(Path home, boolean rearms) throws Exception {
        Path file = Files.writeString(home.resolve("sluice.yaml"), """
                channels:
                  desk: {type: inbox}
                actions:
                  liquidate:
                    {url: "http://127.0.0.1:1/", lease: 10s, pause: 300ms, retry: {first: 1s, max: 5s, attempts: 1000}}
                flows:
                  margin-call:
                    watch:
                      value: margin_level
                      zones:
                        - {name: act, below: 50, action: liquidate, stop: 100}
                        - {name: alert, below: 100}
                        - {name: safe}
                      fresh: {timestamp: ts, max-age: 60s}
                      status: {field: calc_status, ok: [ok]}
                      flat: used_margin
                    allow: once per 10m
                    lease: 30s
                    on-reset: %s
                    on-failure: {retry: {first: 1s, max: 20s, jitter: 0%%, attempts: 1000}, give-up: 1d}
                    channels: [desk]
                """.formatted(rearms ? "rearm" : "ignore"));
        return new ConfigReader(Optional.of(file), Map.of(), Optional.of(home.resolve("data")), Optional.empty())
                .read();
    }
}
