package dev.sluice.server.crash;

import dev.sluice.server.crash.Judge.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** One run: sinks, callers, and a server to which things happen, until everything is at rest and judged. */
final class Campaign implements AutoCloseable {
    /** Longer than the server waits for a reply. */
    private static final Duration LATE = Scene.TIMEOUT.plusMillis(500);

    private static final int CALLERS = 6;

    private final Journal journal = new Journal();
    private final Report report;
    private final List<Temper> tempers;
    private final SmtpSink mail;
    private final HttpSink hook;
    private final Victim victim;
    private final Api api;
    private final Load load;

    /**
     * Starts the server and the load.
     *
     * @param home an empty directory; everything is left in it
     * @param seed of everything that is drawn; the times at which things happen are not
     * @param pause of each caller between two calls
     * @param report where the figures go
     */
    Campaign(Path home, long seed, Duration pause, Report report) {
        RandomGenerator seeds = new Random(seed);
        this.report = report;
        this.tempers = Stream.generate(() -> Temper.rough(new Random(seeds.nextLong()), LATE))
                .limit(2)
                .toList();
        this.mail = new SmtpSink(Scene.MAIL, tempers.get(0), journal::arrived);
        this.hook = new HttpSink(Scene.HOOK, tempers.get(1), journal::arrived);
        Scene.write(home, mail.port(), hook.url());
        this.victim = new Victim(home, journal, report);
        this.api = new Api(victim::address);
        List<RandomGenerator> callers = Stream.<RandomGenerator>generate(() -> new Random(seeds.nextLong()))
                .limit(CALLERS)
                .toList();
        this.load = new Load(api, journal, Scene.FLOWS, pause, callers);
    }

    Journal journal() {
        return journal;
    }

    /** Lets something happen to the server, which is started first if it is dead. */
    void suffer(Incident incident) {
        victim.suffer(incident);
    }

    /** Ends the load, lets everything come to rest, tries every key once more, and judges. The server is ended. */
    Verdict judge() {
        victim.alive();
        tempers.forEach(Temper::calmDown);
        load.close();
        Aftermath aftermath = new Aftermath(api, journal, Scene.FLOWS);
        aftermath.awaitRest();
        aftermath.tryEveryKey();
        aftermath.awaitRest();
        Instant end = Instant.now();
        List<Stored> stored = aftermath.messages();
        aftermath.checkBooks();
        victim.terminate();
        Verdict verdict = Judge.judge(Scene.FLOWS, journal, stored, end);
        report.judged(journal, verdict);
        return verdict;
    }

    @Override
    public void close() {
        load.abort();
        load.close();
        victim.close();
        mail.close();
        hook.close();
    }
}
