package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Digest;
import dev.sluice.Key;
import dev.sluice.OnLost;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever happens in whatever order: the books are right at every step, and no window sees more than its limit. */
class HistoriesTest extends WithOutbox {
    private static final int HISTORIES = 25;
    private static final int EVENTS = 60;
    private static final List<String> FLOWS = List.of("at-close", "with-next", "off", "until-reset", "drop", "charged");
    private static final OnFailure QUICK = new OnFailure(
            Duration.ofSeconds(5), 2, Duration.ofMinutes(10), 0.2, OnFailure.From.START, 3, Duration.ofMinutes(10));

    private final Set<String> arrived = new HashSet<>();
    private long arrivedAlone;

    private void configure() {
        flow("at-close", Rule.allow("3 per 10m").summaryAt(2).build(), QUICK, "mail", "pager");
        flow("with-next", Rule.allow("once per 10m").build(), QUICK, "mail");
        flow("off", Rule.allow("2 per 10m").digest(Digest.OFF).build(), QUICK, "mail");
        flow("until-reset", Rule.allow("once until reset").build(), QUICK, "mail");
        flow("drop", Rule.allow("2 per 10m").onLost(OnLost.DROP).build(), QUICK, "mail");
        flow("charged", Rule.allow("2 per 10m").charged().build(), QUICK, "mail");
    }

    private Receipt outcome(Random random, Outgoing outgoing) {
        int chance = random.nextInt(10);
        if (chance < 5) {
            Message message = outgoing.message();
            if (message.kind() != Message.Kind.DIGEST && arrived.add(message.key() + " " + message.id())) {
                arrivedAlone++;
            }
            return new Receipt.Accepted("250 ok");
        }
        return switch (chance) {
            case 5, 6 -> new Receipt.Refused("451 later", false);
            case 7 -> new Receipt.Refused("550 never", true);
            case 8 -> new Receipt.Unknown("no reply");
            default -> new Receipt.Unreachable("connection refused");
        };
    }

    @Test
    void theBooksAreRightAfterEveryEvent() {
        configure();
        for (int seed = 1; seed <= HISTORIES; seed++) {
            Random random = new Random(seed);
            channels.values().forEach(channel -> channel.always(outgoing -> outcome(random, outgoing)));
            restart();
            for (int i = 0; i < EVENTS; i++) {
                happen(random);
                check("seed " + seed + ", event " + i);
            }
        }
        channels.values().forEach(channel -> channel.always(new Receipt.Accepted("250 ok")));
    }

    private void happen(Random random) {
        Key key = Key.of(FLOWS.get(random.nextInt(FLOWS.size())), "subject " + random.nextInt(2));
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3, 4 -> join(outbox().accept(occurrence(key, "error")));
            case 5, 6 -> pass(Duration.ofSeconds(random.nextInt(40)));
            case 7 -> pass(Duration.ofSeconds(random.nextInt(700)));
            case 8 -> join(outbox().reset(key, OptionalDouble.empty()));
            case 9 -> join(outbox().withdraw(random.nextInt(40), "ops"));
            case 10 -> join(outbox().redrive(random.nextInt(40), "ops"));
            default -> restart();
        }
    }

    private void check(String when) {
        Map<String, Books> books = outbox().books();
        long delivered = 0;
        for (Map.Entry<String, Books> flow : books.entrySet()) {
            String what = when + ", " + flow;
            assertThat(flow.getValue().get(Bucket.OVERSHOOT)).as(what).isZero();
            assertThat(flow.getValue().unaccounted()).as(what).isZero();
            delivered += flow.getValue().get(Bucket.DELIVERED);
        }
        assertThat(delivered).as("%s, delivered", when).isEqualTo(arrivedAlone);
        assertThat(outbox().audit()).as(when).isEmpty();
    }
}
