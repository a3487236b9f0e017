package dev.sluice.server.crash;

import dev.sluice.server.crash.Finding.Promise;
import dev.sluice.server.crash.Journal.Interruption;
import dev.sluice.server.crash.Judge.Verdict;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** One run: sinks, callers, and servers to which things happen, until everything is at rest and judged. */
final class Campaign implements AutoCloseable {
    private static final int CALLERS = 6;

    /** Of each caller between two calls. */
    private static final Duration PAUSE = Duration.ofMillis(25);

    private final Journal journal = new Journal();
    private final Path home;
    private final Backing backing;
    private final Report report;
    private final List<Temper> tempers;
    private final SmtpSink mail;
    private final HttpSink hook;
    private final List<Victim> victims;
    private final AtomicInteger turn = new AtomicInteger();
    private final Api api;
    private final Load load;

    /** The same with one server and a file. */
    Campaign(Path home, RandomGenerator seeds, List<Temper> tempers, Report report) {
        this(home, new Setting(Backing.file(), List.of(Duration.ZERO)), seeds, tempers, report);
    }

    /**
     * What runs.
     *
     * @param backing what the servers share; closed with the run
     * @param skews how far the clock of each server is ahead
     */
    record Setting(Backing backing, List<Duration> skews) {}

    /**
     * Starts the load; servers are started when they are needed.
     *
     * @param home an empty directory; everything is left in it
     * @param setting servers and stores
     * @param seeds of everything that is drawn; the times at which things happen are not
     * @param tempers of the mail sink and of the webhook sink
     * @param report where the figures go
     */
    Campaign(Path home, Setting setting, RandomGenerator seeds, List<Temper> tempers, Report report) {
        this.home = home;
        this.backing = setting.backing();
        this.report = report;
        this.tempers = tempers;
        this.mail = new SmtpSink(Scene.MAIL, tempers.get(0), journal::arrived);
        this.hook = new HttpSink(Scene.HOOK, tempers.get(1), journal::arrived);
        Scene.write(home, mail.port(), hook.url(), backing.yaml());
        this.victims = setting.skews().stream()
                .map(skew -> new Victim(backing.launch(home, skew), journal, report))
                .toList();
        this.api = new Api(this::address);
        List<RandomGenerator> callers = Stream.<RandomGenerator>generate(() -> new Random(seeds.nextLong()))
                .limit(CALLERS)
                .toList();
        this.load = new Load(api, journal, Scene.FLOWS, PAUSE, callers);
    }

    /** The servers take turns; one that is dead is found out by asking. */
    private URI address() {
        return victims.get(turn.getAndIncrement() % victims.size()).address();
    }

    Journal journal() {
        return journal;
    }

    /** Starts the servers, and waits until so many occurrences were told that they pass. */
    void awaitPasses(int count) {
        victims.forEach(Victim::alive);
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> journal.passes() >= count);
    }

    /** Lets something happen to the first server, which is started first if it is dead. */
    void suffer(Incident incident) {
        suffer(0, incident);
    }

    /** Lets something happen to one of the servers, which is started first if it is dead. */
    void suffer(int server, Incident incident) {
        victims.get(server).suffer(incident);
    }

    /** Lets something happen to what the servers share. */
    void suffer(Trouble trouble, RandomGenerator random) {
        victims.forEach(Victim::alive);
        Instant from = Instant.now();
        trouble.action().happen(random);
        // What was held up is through some moments later.
        journal.interrupted(new Interruption(
                trouble.name(), trouble.kind(), from, Instant.now().plus(Victim.THAW)));
        report.happened(trouble.name());
    }

    /** Ends the load, lets everything come to rest, tries every key once more, and judges. The servers are ended. */
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
        victims.forEach(Victim::alive);
        tempers.forEach(Temper::calmDown);
        load.close();
        Aftermath aftermath = new Aftermath(
                api, victims.stream().map(each -> new Api(each::address)).toList(), journal, backing.declared());
        aftermath.awaitRest();
        return aftermath;
    }

    private Verdict judge(Aftermath aftermath) {
        Instant end = Instant.now();
        List<Stored> stored = aftermath.messages();
        aftermath.checkBooks();
        victims.forEach(Victim::terminate);
        if (backing.isFile()) {
            Autopsy.of(home).forEach(what -> journal.broken(Promise.BOOKS, "in the data at the end: " + what));
        }
        Verdict verdict = Judge.judge(Scene.FLOWS, journal, stored, backing.declared(), end);
        report.judged(journal, verdict);
        report.accounted(Account.of(Scene.FLOWS, journal, stored, verdict));
        return verdict;
    }

    @Override
    public void close() {
        load.abort();
        load.close();
        victims.forEach(Victim::close);
        mail.close();
        hook.close();
        backing.close();
    }
}
