package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Budget;
import dev.sluice.Digest;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.OnLost;
import dev.sluice.Per;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/**
 * Random histories over a store of keys that loses commands and replies, with processes that end anywhere. At any time
 * the books are right; in the end nothing that was acknowledged is lost, nothing is stuck, nothing arrived twice.
 */
class FaultHistoriesTest extends WithOutbox {
    private static final int HISTORIES = 15;
    private static final int EVENTS = 60;
    private static final List<String> FLOWS =
            List.of("at-close", "with-next", "off", "until-reset", "drop", "charged", "budgeted");
    private static final Set<String> TOLD_WITH_THE_NEXT = Set.of("with-next", "until-reset");
    private static final OnFailure QUICK = new OnFailure(
            Duration.ofSeconds(5), 2, Duration.ofMinutes(10), 0.2, OnFailure.From.START, 3, Duration.ofMinutes(10));

    /** Ends everything that is under way, as far as that can be done inside of a process. */
    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private final Map<String, Occurrence> unanswered = new LinkedHashMap<>();
    private final Set<Long> acknowledged = new HashSet<>();
    private final Map<Long, Set<String>> arrived = new HashMap<>();
    private final Random faults = new Random(1);
    private volatile boolean dead;
    private int named;

    @Override
    boolean apart() {
        return true;
    }

    private void configure() {
        flow("at-close", Rule.allow("3 per 10m").summaryAt(2).build(), QUICK, "mail");
        flow("with-next", Rule.allow("2 per 10m").digest(Digest.WITH_NEXT).build(), QUICK, "mail");
        flow("off", Rule.allow("2 per 10m").digest(Digest.OFF).build(), QUICK, "mail");
        flow("until-reset", Rule.allow("once until reset").build(), QUICK, "mail");
        flow("drop", Rule.allow("2 per 10m").onLost(OnLost.DROP).build(), QUICK, "mail");
        flow("charged", Rule.allow("2 per 10m").charged().build(), QUICK, "mail");
        flows.add(new FlowPlan("budgeted", Map.of("", Rule.allow("3 per 10m").build()), List.of("mail"), QUICK)
                .charging(List.of(Budget.of("everything", Per.EVERYTHING, "4 per 10m"))));
    }

    private synchronized boolean chance(double probability) {
        return faults.nextDouble() < probability;
    }

    private void disturb() {
        gateStore()
                .faults(command -> chance(0.08)
                        ? FaultyGate.Fault.BEFORE
                        : chance(0.08) ? FaultyGate.Fault.AFTER : FaultyGate.Fault.NONE);
        crashes = point -> {
            dead |= chance(0.01);
            if (dead) {
                throw new Killed();
            }
        };
    }

    private void calm() {
        gateStore().faults(command -> FaultyGate.Fault.NONE);
        crashes = CrashPoints.NONE;
    }

    private Receipt outcome(Random random, Outgoing outgoing) {
        int chance = random.nextInt(10);
        if (chance < 6) {
            Message message = outgoing.message();
            arrived.computeIfAbsent(message.id(), id -> new HashSet<>()).add(outgoing.idempotencyKey());
            return new Receipt.Accepted("250 ok");
        }
        return switch (chance) {
            case 6, 7 -> new Receipt.Refused("451 later", false);
            case 8 -> new Receipt.Refused("550 never", true);
            default -> new Receipt.Unreachable("connection refused");
        };
    }

    @Test
    void nothingIsLostOrStuckOrDoubledAndTheBooksClose() {
        configure();
        for (int seed = 1; seed <= HISTORIES; seed++) {
            Random random = new Random(seed);
            mail().always(outgoing -> outcome(random, outgoing));
            disturb();
            restart();
            for (int i = 0; i < EVENTS; i++) {
                surviving(() -> happen(random));
                assertThat(outbox().audit()).as("seed %d, event %d", seed, i).isEmpty();
            }
            calm();
            restart();
            comeToRest(random);
            check("seed " + seed);
        }
    }

    /** Does it, in a new process if the process dies of it; what the store of keys did not do is not done. */
    private void surviving(Runnable doing) {
        try {
            doing.run();
        } catch (Killed | StoreException | CompletionException e) {
            Throwable why = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
            assertThat(why).isInstanceOfAny(Killed.class, StoreException.class);
        }
        outbox().awaitPosts();
        if (dead) {
            dead = false;
            restart();
        }
    }

    private void happen(Random random) {
        Key key = Key.of(FLOWS.get(random.nextInt(FLOWS.size())), "subject " + random.nextInt(2));
        switch (random.nextInt(12)) {
            case 0, 1, 2, 3 -> {
                String id = "request-" + ++named;
                Optional<Occurrence.Request> request = Optional.of(new Occurrence.Request(id, "hash"));
                unanswered.put(id, occurrence(key, "error", request));
                ask(id);
            }
            case 4, 5 -> new ArrayList<>(unanswered.keySet()).forEach(id -> surviving(() -> ask(id)));
            case 6, 7 -> pass(Duration.ofSeconds(random.nextInt(40)));
            case 8 -> pass(Duration.ofSeconds(random.nextInt(700)));
            case 9 -> join(outbox().reset(key, OptionalDouble.empty()));
            case 10 -> join(outbox().withdraw(random.nextInt(40), "ops"));
            default -> join(outbox().redrive(random.nextInt(40), "ops"));
        }
    }

    private void ask(String id) {
        Occurrence occurrence = unanswered.get(id);
        if (occurrence != null && join(outbox().accept(occurrence)) instanceof Acceptance.Decided decided) {
            unanswered.remove(id);
            decided.message().ifPresent(message -> acknowledged.add(message.id()));
            assertThat(decided.word().equals("suppress") || decided.message().isPresent())
                    .as("%s has a message", decided)
                    .isTrue();
        }
    }

    private void comeToRest(Random random) {
        // A claim whose release is on its way is refused until that has arrived.
        new ArrayList<>(unanswered.keySet()).forEach(id -> surviving(() -> ask(id)));
        for (int i = 0; i < 30; i++) {
            mail().always(outgoing -> outcome(random, outgoing));
            pass(Duration.ofSeconds(60));
            new ArrayList<>(unanswered.keySet()).forEach(this::ask);
        }
    }

    private void check(String when) {
        assertThat(unanswered).as(when).isEmpty();
        assertThat(rows("sluice_post")).as("posts, %s", when).isZero();
        long delivered = 0;
        for (Map.Entry<String, Books> flow : outbox().books().entrySet()) {
            String what = when + ", " + flow;
            assertThat(flow.getValue().unaccounted()).as(what).isZero();
            assertThat(flow.getValue().get(Bucket.PENDING)).as(what).isZero();
            if (!TOLD_WITH_THE_NEXT.contains(flow.getKey())) {
                assertThat(flow.getValue().get(Bucket.OWED)).as(what).isZero();
            }
            delivered += flow.getKey().equals(Budget.FLOW) ? 0 : flow.getValue().get(Bucket.DELIVERED);
        }
        assertThat(outbox().audit()).as(when).isEmpty();
        Map<Long, MessageView> views = new HashMap<>();
        messages().forEach(view -> views.put(view.message().id(), view));
        assertThat(views.keySet()).as(when).containsAll(acknowledged);
        for (MessageView view : views.values()) {
            // What arrived just before a process ended is tried again, and may be refused then.
            if (view.state() == MessageState.DELIVERED) {
                assertThat(arrived)
                        .as("%s, %s", when, view)
                        .containsKey(view.message().id());
            }
            assertThat(view.state()).as("%s, %s", when, view).isNotIn(MessageState.PREPARED, MessageState.PENDING);
        }
        assertThat(arrived.values()).as(when).allMatch(keys -> keys.size() == 1);
        noKeyIsStuck(when);
        long deliveredMessages = views.values().stream()
                .filter(view -> view.state() == MessageState.DELIVERED)
                .filter(view -> view.message().kind() != Message.Kind.DIGEST)
                .count();
        // What the store of keys heard of after the claim had ended is told as held, and in the ledger.
        long late = ledger(Ledger.Kind.SETTLE).stream()
                .filter(entry -> entry.detail().endsWith("its claim had ended before"))
                .count();
        assertThat(delivered + late).as("%s, delivered", when).isGreaterThanOrEqualTo(deliveredMessages);
    }

    private void noKeyIsStuck(String when) {
        for (String flow : FLOWS) {
            for (Key key : join(keys().keys(flow, Optional.empty(), 100))) {
                State state = join(keys().read(key)).orElse(State.EMPTY);
                assertThat(state.live())
                        .as("%s, %s", when, key)
                        .allMatch(claim -> claim.until() < Micros.of(clock.instant()));
            }
        }
    }

    private long rows(String table) {
        return store().query(
                        connection -> Rows.list(connection, "select count(*) from " + table, row -> row.getLong(1)))
                .get(0);
    }
}
