package dev.sluice.server.race;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.server.race.StoreNode.Claim;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.RedisCluster;
import dev.sluice.testbed.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Four processes with one store, and nothing else in common, let out what one process would. */
@ParameterizedClass
@EnumSource
@Timeout(120)
class StoreRaceTest {
    private static final int PROCESSES = 4;
    private static final int EACH = 50;
    private static final int FRESH_KEYS = 10;
    private static final String ONCE = "once per 1h";
    private static final String EXCLUSIVE = "exclusive";

    /** Several leases. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static String url = "";
    private static List<StoreNode> nodes = List.of();

    private final String subject = UUID.randomUUID().toString();

    /** What they share. */
    enum Shared {
        REDIS,
        REDIS_CLUSTER,
        POSTGRESQL,
        MARIADB;

        private String url() {
            return switch (this) {
                case REDIS -> RedisServer.sharedUrl();
                case REDIS_CLUSTER -> RedisCluster.shared().url();
                case POSTGRESQL -> PostgresServer.shared().fresh().url();
                case MARIADB -> MariaDbServer.shared().fresh().url();
            };
        }
    }

    StoreRaceTest(Shared shared) {
        assertThat(shared).isNotNull();
    }

    @BeforeParameterizedClassInvocation
    static void startProcesses(Shared shared) {
        url = shared.url();
        nodes = StoreNode.start(PROCESSES, url);
    }

    @AfterParameterizedClassInvocation
    static void endProcesses() {
        nodes.forEach(StoreNode::close);
    }

    @Test
    @DisplayName("S1.2, S2.4: four processes with 50 occurrences each at the same moment: one passes")
    void onceIsOnce() {
        List<Claim> passed = race(ONCE, subject);

        assertThat(passed).hasSize(1);
        assertThat(nodes.get(0).complete(ONCE, subject, passed.get(0))).isEqualTo("Ok");
        assertThat(race(ONCE, subject)).isEmpty();
    }

    @Test
    @DisplayName("S4.10: four processes with 50 occurrences each at the same moment: five pass, under five fences")
    void fivePerHour() {
        assertThat(race("5 per 1h", subject))
                .hasSize(5)
                .extracting(Claim::fence)
                .doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("S3.8: nobody gets between the check and the insert of a key that was never there")
    void checkAndInsert() {
        for (int i = 0; i < FRESH_KEYS; i++) {
            assertThat(race(ONCE, subject + "-" + i)).hasSize(1);
        }
    }

    @Test
    @DisplayName("S2.4, S4.10: all processes die in mid-window and others take their place: what passed has passed")
    void restart() {
        List<Claim> before = offer(nodes.get(0), "3 per 1h", subject, 2);
        assertThat(before).hasSize(2);
        before.forEach(claim ->
                assertThat(nodes.get(1).complete("3 per 1h", subject, claim)).isEqualTo("Ok"));
        endProcesses();
        nodes = StoreNode.start(PROCESSES, url);

        assertThat(race("3 per 1h", subject)).hasSize(1);
    }

    @Test
    @DisplayName("A process that stands still while it holds an exclusive key loses it, and is told so")
    void frozenHolder() {
        StoreNode frozen = nodes.get(0);
        Claim lost = offer(frozen, EXCLUSIVE, subject, 1).get(0);
        List<Claim> heirs = new ArrayList<>();
        frozen.freeze();
        try {
            assertThat(offer(nodes.get(1), EXCLUSIVE, subject, EACH)).isEmpty();
            Awaitility.await()
                    .atMost(PATIENCE)
                    .until(() -> heirs.addAll(offer(nodes.get(1), EXCLUSIVE, subject, EACH)));
        } finally {
            frozen.thaw();
        }

        assertThat(heirs).hasSize(1);
        assertThat(heirs.get(0).fence()).isGreaterThan(lost.fence());
        assertThat(frozen.complete(EXCLUSIVE, subject, lost)).isEqualTo("Stale");
        assertThat(nodes.get(1).complete(EXCLUSIVE, subject, heirs.get(0))).isEqualTo("Ok");
        assertThat(offer(frozen, EXCLUSIVE, subject, 1).get(0).fence())
                .isGreaterThan(heirs.get(0).fence());
    }

    @Test
    @DisplayName("Four processes fight for an exclusive key: one holder at a time, and fences that only rise")
    void oneHolder() {
        long highest = 0;
        for (int i = 0; i < FRESH_KEYS; i++) {
            List<Claim> holders = race(EXCLUSIVE, subject);
            assertThat(holders).hasSize(1);
            Claim holder = holders.get(0);
            assertThat(holder.fence()).isGreaterThan(highest);
            highest = holder.fence();
            StoreNode any = nodes.get(ThreadLocalRandom.current().nextInt(PROCESSES));
            assertThat(any.complete(EXCLUSIVE, subject, holder)).isEqualTo("Ok");
        }
    }

    /** All processes offer all they have at once; what passed. */
    private static List<Claim> race(String allow, String subject) {
        nodes.forEach(node -> node.offers(allow, subject, EACH));
        return nodes.stream().flatMap(node -> node.passed().stream()).toList();
    }

    private static List<Claim> offer(StoreNode node, String allow, String subject, int count) {
        node.offers(allow, subject, count);
        return node.passed();
    }
}
