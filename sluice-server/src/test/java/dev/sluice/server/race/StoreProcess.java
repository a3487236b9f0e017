package dev.sluice.server.race;

import dev.sluice.Answer;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.Key;
import dev.sluice.Live;
import dev.sluice.Rule;
import dev.sluice.Store;
import dev.sluice.redis.RedisStore;
import dev.sluice.sql.SqlSettings;
import dev.sluice.sql.SqlStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A program that opens a store by its URL and does what the lines that it reads say; a line for each answer. */
final class StoreProcess {
    static final String READY = "ready";
    private static final String FLOW = "races";
    private static final long PATIENCE_SECONDS = 30;

    private final Store store;
    private final SecureRandom random = new SecureRandom();

    private StoreProcess(Store store) {
        this.store = store;
    }

    /** The URL of the store. */
    public static void main(String[] args) throws Exception {
        try (Store store =
                args[0].startsWith("redis") ? RedisStore.open(args[0]) : SqlStore.open(args[0], SqlSettings.STANDARD)) {
            StoreProcess process = new StoreProcess(store);
            // Classes are loaded and connections are there before anything is measured against others.
            process.offers(
                    rule("once per 1h", "1s"), "warm-" + ProcessHandle.current().pid(), 10);
            System.out.println(READY);
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                System.out.println(process.answer(line.split("\t")));
            }
        }
    }

    private static Rule rule(String allow, String lease) {
        return Rule.allow(allow).lease(Duration.parse("PT" + lease)).build();
    }

    /** {@code offer <allow> <lease> <subject> <count>} or {@code complete <allow> <lease> <subject> <fence> <nonce>}. */
    private String answer(String[] words) throws Exception {
        Rule rule = rule(words[1], words[2]);
        if (words[0].equals("offer")) {
            return offers(rule, words[3], Integer.parseInt(words[4])).stream()
                    .map(claim -> claim.fence() + ":" + claim.nonce())
                    .collect(Collectors.joining(" "));
        }
        Event complete = new Event.Complete(Long.parseLong(words[4]), Long.parseLong(words[5]));
        return apply(rule, words[3], complete).getClass().getSimpleName();
    }

    /** Offers so many at once, each from a thread of its own; the claims of those that passed. */
    private List<Live> offers(Rule rule, String subject, int count) throws Exception {
        CyclicBarrier start = new CyclicBarrier(count);
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Callable<Answer> offer = () -> {
                    start.await();
                    return apply(rule, subject, occurrence());
                };
                answers.add(threads.submit(offer));
            }
            List<Live> claims = new ArrayList<>();
            for (Future<Answer> answer : answers) {
                if (answer.get() instanceof Answer.Granted granted) {
                    claims.add(granted.claim());
                }
            }
            return claims;
        } finally {
            threads.shutdownNow();
        }
    }

    private Event occurrence() {
        return new Event.Offer(random.nextLong(), random.nextLong(), OptionalDouble.empty(), Event.Settle.LATER);
    }

    private Answer apply(Rule rule, String subject, Event event) throws Exception {
        return store.apply(new Command(Key.of(FLOW, subject), rule, event))
                .toCompletableFuture()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .answer();
    }
}
