package dev.sluice.server.crash;

import dev.sluice.server.crash.Finding.Promise;
import dev.sluice.server.crash.Judge.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** One run: sinks, callers, and a server to which things happen, until everything is at rest and judged. */
final class Campaign implements AutoCloseable {
    private static final int CALLERS = 6;

    /** Of each caller between two calls. */
    private static final Duration PAUSE = Duration.ofMillis(25);

    private final Journal journal = new Journal();
    private final Path home;
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
     * @param seeds of everything that is drawn; the times at which things happen are not
     * @param tempers of the mail sink and of the webhook sink
     * @param report where the figures go
     */
    Campaign(Path home, RandomGenerator seeds, List<Temper> tempers, Report report) {
        this.home = home;
        this.report = report;
        this.tempers = tempers;
        this.mail = new SmtpSink(Scene.MAIL, tempers.get(0), journal::arrived);
        this.hook = new HttpSink(Scene.HOOK, tempers.get(1), journal::arrived);
        Scene.write(home, mail.port(), hook.url());
        this.victim = new Victim(home, journal, report);
        this.api = new Api(victim::address);
        List<RandomGenerator> callers = Stream.<RandomGenerator>generate(() -> new Random(seeds.nextLong()))
                .limit(CALLERS)
                .toList();
        this.load = new Load(api, journal, Scene.FLOWS, PAUSE, callers);
    }

    Journal journal() {
        return journal;
    }

    /** Starts the server, and waits until so many occurrences were told that they pass. */
    void awaitPasses(int count) {
        victim.alive();
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> journal.passes() >= count);
    }

    /** Lets something happen to the server, which is started first if it is dead. */
    void suffer(Incident incident) {
        victim.suffer(incident);
    }

    /** Ends the load, lets everything come to rest, tries every key once more, and judges. The server is ended. */
    Verdict judge() {
        Aftermath aftermath = aftermath();
        aftermath.tryEveryKey();
        aftermath.awaitRest();
        aftermath.checkLedger();
        return judge(aftermath);
    }

    /** The same without trying every key. */
    Verdict judgeSoon() {
        return judge(aftermath());
    }

    private Aftermath aftermath() {
        victim.alive();
        tempers.forEach(Temper::calmDown);
        load.close();
        Aftermath aftermath = new Aftermath(api, journal, Scene.FLOWS);
        aftermath.awaitRest();
        return aftermath;
    }

    private Verdict judge(Aftermath aftermath) {
        Instant end = Instant.now();
        List<Stored> stored = aftermath.messages();
        aftermath.checkBooks();
        victim.terminate();
        Autopsy.of(home).forEach(what -> journal.broken(Promise.BOOKS, "in the data at the end: " + what));
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
