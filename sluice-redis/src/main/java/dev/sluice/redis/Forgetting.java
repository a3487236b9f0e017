package dev.sluice.redis;

import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Packed;
import dev.sluice.Rule;
import dev.sluice.Step;
import dev.sluice.Store.Forgotten;
import dev.sluice.Store.RuleBook;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Finds the keys whose counts the books must keep when they go, and lets them go. Its rounds follow each other. */
final class Forgetting {
    private final RedisClusterAsyncCommands<byte[], byte[]> redis;
    private final Names names;
    private final StepScript script;
    private final Evaluation evaluation;
    private final ServerTime time;
    private final Sweep sweep;

    Forgetting(
            RedisClusterAsyncCommands<byte[], byte[]> redis,
            Names names,
            StepScript script,
            Evaluation evaluation,
            ServerTime time) {
        this.redis = redis;
        this.names = names;
        this.script = script;
        this.evaluation = evaluation;
        this.time = time;
        this.sweep = new Sweep(redis, names);
    }

    /** Looks at the next keys, at most {@code most}. */
    CompletionStage<List<Forgotten>> next(RuleBook rules, int most) {
        return sweep.next(most)
                .thenCompose(keys -> {
                    List<CompletionStage<Optional<Forgotten>>> each = new ArrayList<>();
                    keys.stream()
                            .distinct()
                            .forEach(key -> rules.rule(key).ifPresent(rule -> each.add(forget(key, rule))));
                    return Asked.all(each);
                })
                .thenApply(found -> found.stream().flatMap(Optional::stream).toList());
    }

    private CompletionStage<Optional<Forgotten>> forget(Key key, Rule rule) {
        return redis.get(names.state(key)).thenCompose(packed -> {
            boolean ripe = packed != null && Step.forget(Packed.decode(packed), rule, time.now()) != null;
            return ripe
                    ? evaluation.run(key, script.forget(key, rule)).thenApply(stepped -> forgotten(key, rule, stepped))
                    : CompletableFuture.completedStage(Optional.<Forgotten>empty());
        });
    }

    private static Optional<Forgotten> forgotten(Key key, Rule rule, Stepped stepped) {
        return stepped.after() != null
                ? Optional.empty()
                : Optional.ofNullable(Step.forget(stepped.before(), rule, stepped.now()))
                        .map(outcome -> new Forgotten(key, outcome.books(new Event.Take())));
    }
}
