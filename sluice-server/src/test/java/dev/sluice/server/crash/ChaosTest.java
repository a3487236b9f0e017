package dev.sluice.server.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.crash.Journal.Interruption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Servers that share a store under load, while servers are killed, frozen and started again, and the store is paused,
 * stopped and cut off: nothing acknowledged is lost, stuck or unaccounted for, and nothing comes twice without a declared
 * reason.
 */
class ChaosTest {
    private static final int ROUNDS = Integer.getInteger("sluice.chaos.rounds", 1);
    private static final int SERVERS = Integer.getInteger("sluice.chaos.servers", 2);
    private static final long SEED = Long.getLong("sluice.chaos.seed", System.nanoTime());

    /** Three leases of the flows; more than one of an attempt. */
    private static final Duration PAUSE = Duration.parse(System.getProperty("sluice.chaos.pause", "PT6S"));

    /** The long form: whatever can happen, in every round. */
    private static final boolean LONG = Integer.getInteger("sluice.chaos.rounds") != null;

    private static final Duration SOON = Duration.ofMillis(300);
    private static final Duration APART = Duration.ofMinutes(5);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    private final Report report = new Report();

    @ParameterizedTest
    @MethodSource("stores")
    void nothing_is_lost_or_stuck_or_told_twice(Backing.Kind kind) throws IOException {
        for (int round = 1; round <= ROUNDS && report.broken().isEmpty(); round++) {
            round(kind, round);
        }

        show(report.text());
        assertThat(report.broken())
                .as("seed %d, kept in %s%n%s", SEED, directory, report.text())
                .isEmpty();
    }

    /** Those that the command names. */
    static List<Backing.Kind> stores() {
        String named = System.getProperty("sluice.chaos.stores", "postgresql,mariadb,redis");
        return Arrays.stream(Backing.Kind.values())
                .filter(kind -> List.of(named.split(",")).contains(kind.name().toLowerCase(Locale.ROOT)))
                .toList();
    }

    private void round(Backing.Kind kind, int number) throws IOException {
        Random random = new Random(SEED + number);
        Path home = Files.createDirectory(directory.resolve(kind + "-" + number));
        List<Temper> rough = List.of(
                Temper.rough(new Random(random.nextLong()), Scene.LATE),
                Temper.rough(new Random(random.nextLong()), Scene.LATE));
        Campaign.Setting setting = new Campaign.Setting(Backing.start(kind, SERVERS, PAUSE), skews());
        try (Campaign campaign = new Campaign(home, setting, random, rough, report)) {
            campaign.awaitPasses(10);
            for (Blow blow : blows(campaign, setting.backing(), random)) {
                Instant from = Instant.now();
                blow.fall().run();
                show("round %d of %d over %s: %-32s %6d ms"
                        .formatted(
                                number,
                                ROUNDS,
                                kind,
                                blow.name(),
                                Duration.between(from, Instant.now()).toMillis()));
            }
            campaign.judge();
        }
    }

    private record Blow(String name, Interruption.Kind kind, Runnable fall) {}

    /** In random order; the short form takes what is different for the servers, and each of it once. */
    private static List<Blow> blows(Campaign campaign, Backing backing, Random random) {
        List<Blow> all = new ArrayList<>();
        for (Trouble trouble : backing.troubles()) {
            all.add(new Blow(trouble.name(), trouble.kind(), () -> campaign.suffer(trouble, random)));
        }
        for (int server = 0; server < SERVERS; server++) {
            all.add(blow(campaign, server, Interruption.Kind.DEATH, new Incident.Kill(SOON)));
            all.add(blow(campaign, server, Interruption.Kind.FREEZE, new Incident.Freeze(SOON, PAUSE)));
        }
        Collections.shuffle(all, random);
        return LONG ? all : someOf(all);
    }

    private static Blow blow(Campaign campaign, int server, Interruption.Kind kind, Incident incident) {
        return new Blow(incident.name() + " of server " + server, kind, () -> campaign.suffer(server, incident));
    }

    /** Two that take the store away, every cut, and one of everything else. */
    private static List<Blow> someOf(List<Blow> all) {
        List<Blow> some = new ArrayList<>();
        for (Interruption.Kind kind : Interruption.Kind.values()) {
            all.stream().filter(each -> each.kind() == kind).limit(most(kind)).forEach(some::add);
        }
        return some;
    }

    private static int most(Interruption.Kind kind) {
        return switch (kind) {
            case CUT -> Integer.MAX_VALUE;
            case OUTAGE -> 2;
            case DEATH, END, FREEZE, FAILOVER -> 1;
        };
    }

    /** The clocks of the servers: the first and the last are furthest apart. */
    private static List<Duration> skews() {
        List<Duration> skews = new ArrayList<>();
        for (int i = 0; i < SERVERS; i++) {
            skews.add(APART.multipliedBy(2L * i).dividedBy(SERVERS - 1L).minus(APART));
        }
        return skews;
    }

    @SuppressWarnings("SystemOut")
    private static void show(String line) {
        if (LONG) {
            System.out.println(line);
        }
    }
}
