package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Budget;
import dev.sluice.Digest;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.OnLost;
import dev.sluice.Per;
import dev.sluice.Rule;
import dev.sluice.State;
import dev.sluice.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever happens in whatever order: no budget is exceeded, and of what was held everybody is told once. */
class BudgetHistoriesTest extends WithOutbox {
    private static final int HISTORIES = 12;
    private static final int EVENTS = 70;
    private static final Duration QUIET = Duration.ofHours(6);
    private static final List<String> PEOPLE = List.of("ann@example.org", "bob@example.org", "cyd@example.org");
    private static final OnFailure QUICK = new OnFailure(
            Duration.ofSeconds(5), 2, Duration.ofMinutes(10), 0.2, OnFailure.From.START, 3, Duration.ofMinutes(10));

    private OnFailure onFailure = EXACT;
    private long toldToCallers;
    private final Budget recipient = Budget.of("recipient", Per.RECIPIENT, "3 per 11m");
    private final Budget channel = Budget.of("channel", Per.CHANNEL, "5 per 9m");
    private final Budget flow = Budget.of("flow", Per.FLOW, "2 per 7m");
    private final Budget everything = Budget.of("everything", Per.EVERYTHING, "6 per 13m");

    private FlowPlan plan(String name, Rule rule, List<String> to, Budget... budgets) {
        to.forEach(this::channel);
        FlowPlan plan = new FlowPlan(name, Map.of("", rule), to, onFailure).charging(List.of(budgets));
        flows.add(plan);
        return plan;
    }

    private void shadow(String name, Rule rule, List<String> to, Budget... budgets) {
        flows.remove(plan(name, rule, to, budgets));
        flows.add(new FlowPlan(name, Map.of("", rule), to, onFailure)
                .charging(List.of(budgets))
                .inShadow());
    }

    private static Rule rule(String allowance) {
        return Rule.allow(allowance).build();
    }

    private Occurrence occurrence(Random random, List<String> recipients) {
        FlowPlan plan = flows.get(random.nextInt(flows.size()));
        Content content = new Content("error", "text", "error", "{}");
        Key key = Key.of(plan.name(), "subject " + random.nextInt(4));
        return new Occurrence(key, "", content, recipients, Optional.empty(), Event.Settle.NOW);
    }

    /** What a budget refuses is held by its key as if its rule had held it. */
    private void ask(Occurrence occurrence) {
        FlowPlan plan = flows.stream()
                .filter(each -> each.name().equals(occurrence.key().flow()))
                .findFirst()
                .orElseThrow();
        Rule rule = Objects.requireNonNull(plan.rules().get(""));
        outbox();
        State before = Step.advance(join(keys().read(occurrence.key())).orElse(State.EMPTY), rule, keys().now());
        Acceptance.Decided answer = (Acceptance.Decided) join(outbox().accept(occurrence));
        if (answer.reason().equals("budget")) {
            State after = join(keys().read(occurrence.key())).orElseThrow();
            assertThat(after.used()).as("%s", answer).isEqualTo(before.used());
            assertThat(after.held()).as("%s", answer).isEqualTo(before.held() + 1);
            assertThat(after.seen()).as("%s", answer).isEqualTo(before.seen() + 1);
        }
        if (plan.channels().isEmpty() && answer.word().equals("pass")) {
            toldToCallers += 1 + (before.out() == null ? 0 : answer.counts().held());
        }
    }

    private static List<String> some(Random random) {
        List<String> some = new ArrayList<>();
        PEOPLE.forEach(person -> {
            if (random.nextInt(3) == 0) {
                some.add(person);
            }
        });
        return some;
    }

    private static Receipt outcome(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> new Receipt.Refused("451 later", false);
            case 1 -> new Receipt.Refused("550 never", true);
            case 2 -> new Receipt.Unknown("no reply");
            case 3 -> new Receipt.Unreachable("connection refused");
            default -> new Receipt.Accepted("250 ok");
        };
    }

    @Test
    void noWindowOfABudgetSeesMoreThanItsLimitAndTheBooksAreRight() {
        onFailure = QUICK;
        List<String> both = List.of("mail", "pager");
        plan("at-close", rule("3 per 10m"), both, recipient, everything);
        plan("with-next", rule("once per 10m"), List.of("mail"), channel, flow);
        plan("off", Rule.allow("2 per 10m").digest(Digest.OFF).build(), both, flow, everything);
        plan("until-reset", rule("once until reset"), List.of("mail"), recipient);
        plan("drop", Rule.allow("2 per 10m").onLost(OnLost.DROP).build(), both, channel, recipient);
        plan("charged", Rule.allow("4 per 10m").charged().build(), List.of("pager"), flow, recipient);
        plan("charged-until-reset", Rule.allow("once until reset").charged().build(), List.of("mail"), flow);
        plan("called", rule("2 per 10m"), List.of(), everything, flow);
        plan("called-until-reset", rule("once until reset"), List.of(), everything);
        plan("called-charged", Rule.allow("3 per 10m").charged().build(), List.of(), flow, everything);
        shadow("shadow", rule("1 per 10m"), both, everything, channel);
        for (int seed = 1; seed <= HISTORIES; seed++) {
            Random random = new Random(seed);
            channels.values().forEach(each -> each.always(outgoing -> outcome(random)));
            restart();
            for (int i = 0; i < EVENTS; i++) {
                happen(random);
                booksAreRight("seed " + seed + ", event " + i);
                if (i % 5 == 0) {
                    capsHold("seed " + seed + ", event " + i);
                }
            }
        }
        channels.values().forEach(each -> each.always(new Receipt.Accepted("250 ok")));
    }

    private void happen(Random random) {
        switch (random.nextInt(14)) {
            case 0 -> pass(Duration.ofSeconds(random.nextInt(700)));
            case 1, 2 -> pass(Duration.ofSeconds(random.nextInt(40)));
            case 3 -> join(outbox().reset(occurrence(random, List.of()).key(), OptionalDouble.empty()));
            case 4 -> join(outbox().withdraw(random.nextInt(60), "ops"));
            case 5 -> join(outbox().redrive(random.nextInt(60), "ops"));
            case 6 -> restart();
            default -> ask(occurrence(random, some(random)));
        }
    }

    private void booksAreRight(String when) {
        for (Map.Entry<String, Books> each : outbox().books().entrySet()) {
            assertThat(each.getValue().unaccounted()).as(when + ", " + each).isZero();
        }
        assertThat(outbox().audit()).as(when).isEmpty();
    }

    private void capsHold(String when) {
        List<MessageView> newest = messages();
        for (Budget budget : List.of(recipient, channel, flow, everything)) {
            for (Key key : join(keys().keys(Budget.FLOW, Optional.empty(), 1000))) {
                if (key.variant().equals(budget.name())) {
                    capHolds(when, budget, key, newest);
                }
            }
        }
    }

    /** Counted from the messages, not from the key. */
    private void capHolds(String when, Budget budget, Key key, List<MessageView> newest) {
        State state = join(keys().read(key)).orElseThrow();
        State now = Step.advance(state, budget.rule(), keys().now());
        if (now.done() > 0) {
            long sent = newest.stream()
                    .filter(view -> !view.message().key().flow().equals(Budget.FLOW))
                    .filter(view -> Micros.of(view.message().window().decidedAt()) >= now.start())
                    .filter(view -> isCharged(view, budget, key))
                    .count();
            assertThat(sent)
                    .as("%s, %s", when, key)
                    .isLessThanOrEqualTo(budget.rule().limit());
        }
    }

    private boolean isCharged(MessageView view, Budget budget, Key key) {
        String name = view.message().key().flow();
        return flows.stream()
                        .anyMatch(plan ->
                                plan.name().equals(name) && plan.budgets().contains(budget))
                && view.deliveries().stream().anyMatch(delivery -> {
                    Target target = new Target(delivery.channel(), delivery.recipient());
                    return key.equals(budget.key(
                            switch (budget.per()) {
                                case RECIPIENT -> new Receivers(Map.copyOf(channels)).charged(target);
                                case CHANNEL -> target.channel();
                                case FLOW, EVERYTHING -> name;
                            }));
                });
    }

    @Test
    void everyHeldOneIsToldOnce() {
        List<String> mail = List.of("mail");
        plan("at-close", rule("3 per 10m"), mail, flow, everything);
        plan("with-next", rule("once per 10m"), mail, everything, flow);
        plan("until-reset", rule("once until reset"), mail, everything);
        plan("charged", Rule.allow("4 per 10m").charged().build(), mail, flow);
        plan("charged-until-reset", Rule.allow("once until reset").charged().build(), mail, everything);
        FlowPlan operator = new FlowPlan("operator", Map.of("", rule("9 per 10m")), mail, EXACT, true);
        plan("called", rule("once per 10m"), List.of(), everything, flow);
        plan("called-charged", Rule.allow("once until reset").charged().build(), List.of(), flow);
        flows.add(operator);
        shadow("shadow", rule("1 per 10m"), mail, everything);
        for (int seed = 1; seed <= HISTORIES; seed++) {
            Random random = new Random(seed);
            for (int i = 0; i < EVENTS; i++) {
                switch (random.nextInt(8)) {
                    case 0 -> pass(Duration.ofSeconds(random.nextInt(700)));
                    case 1 -> pass(Duration.ofSeconds(random.nextInt(40)));
                    case 2 -> join(outbox().reset(occurrence(random, List.of()).key(), OptionalDouble.empty()));
                    case 3 -> restart();
                    default -> ask(occurrence(random, List.of()));
                }
            }
            pass(QUIET, Duration.ofMinutes(30));
            assertThat(told()).as("seed %d", seed).isEqualTo(came());
        }
    }

    private long came() {
        return flows.stream().mapToLong(plan -> books(plan.name(), Bucket.IN)).sum();
    }

    /** Messages, what they, callers and the digests tell, and what no message has told yet. */
    private long told() {
        long alone = mail().delivered().stream()
                .filter(message -> message.kind() != Message.Kind.DIGEST)
                .count();
        long held = mail().delivered().stream()
                .mapToLong(message -> message.tally().held())
                .sum();
        long untold = flows.stream()
                .mapToLong(plan -> books(plan.name(), Bucket.HELD) + books(plan.name(), Bucket.OWED))
                .sum();
        long byBudgets = store().query(connection -> Rows.list(
                        connection, "select coalesce(sum(held), 0) from sluice_budget_told", row -> row.getLong(1))
                .get(0));
        return alone + toldToCallers + held + untold - byBudgets;
    }
}
