package dev.sluice.contract;

import dev.sluice.Backoff;
import dev.sluice.Digest;
import dev.sluice.OnLost;
import dev.sluice.OnReset;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/** A rule and what happens under it, out of a seed. */
record History(long seed, Rule rule, List<Move> moves) {
    private static final List<String> ALLOWANCES = List.of(
            "1 per 1s",
            "2 per 5s",
            "3 per 1m",
            "5 per 1h",
            "12 per 10s",
            "once per 10s",
            "once per 3h",
            "once until reset",
            "exclusive");
    private static final List<Duration> LEASES =
            List.of(Duration.ofMillis(100), Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(90));
    private static final List<OnReset> RESETS =
            List.of(OnReset.REARM, OnReset.IGNORE, OnReset.after(Duration.ofSeconds(3)));
    private static final List<Duration> IDLE = List.of(Duration.ofSeconds(5), Duration.ofMinutes(2));
    private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), 2, Duration.ofSeconds(10));

    /** The history of {@code seed}: the same on every machine. */
    static History of(long seed, int length) {
        RandomGenerator random = new SplittableRandom(seed);
        Rule rule = rule(random);
        List<Move> moves = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            moves.add(Move.random(random));
        }
        return new History(seed, rule, moves);
    }

    private static Rule rule(RandomGenerator random) {
        String allowance = pick(ALLOWANCES, random);
        Rule.Builder rule = Rule.allow(allowance)
                .summaryAt(random.nextInt(5))
                .lease(pick(LEASES, random))
                .onLost(pick(List.of(OnLost.values()), random))
                .onReset(pick(RESETS, random))
                .forgetAfter(pick(IDLE, random));
        boolean rests = random.nextBoolean();
        rule = rests ? rule.backoff(BACKOFF) : rule.noBackoff();
        if (allowance.equals("exclusive")) {
            return rule.build();
        }
        rule.digest(pick(List.of(Digest.values()), random));
        return random.nextInt(8) == 0 ? rule.charged().build() : rule.build();
    }

    private static <T> T pick(List<T> of, RandomGenerator random) {
        return of.get(random.nextInt(of.size()));
    }

    /** The rule in words. */
    String title() {
        return "seed " + seed + ", " + rule.allowance() + ", summary at " + rule.summaryAt() + ", digest "
                + rule.digest() + ", lease " + rule.lease() + ", " + rule.onLost() + ", " + rule.onReset() + ", "
                + rule.backoff().map(Backoff::toString).orElse("no back-off") + ", idle " + rule.idle()
                + (rule.charged() ? ", charged" : "");
    }

    /**
     * The fewest moves, as far as taking moves away finds them, that break the same promise.
     *
     * @param fault what a history breaks, if it does
     */
    History shrunk(Function<History, Optional<Fault>> fault) {
        Optional<Check> broken = fault.apply(this).map(Fault::check);
        History best = this;
        for (int chunk = moves.size() / 2; chunk > 0; chunk /= 2) {
            for (int from = 0; from < best.moves.size(); ) {
                History less = best.without(from, chunk);
                if (fault.apply(less).map(Fault::check).equals(broken)) {
                    best = less;
                } else {
                    from += chunk;
                }
            }
        }
        return best;
    }

    private History without(int from, int count) {
        List<Move> less = new ArrayList<>(moves.subList(0, from));
        less.addAll(moves.subList(Math.min(from + count, moves.size()), moves.size()));
        return new History(seed, rule, less);
    }
}
