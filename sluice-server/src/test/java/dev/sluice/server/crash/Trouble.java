package dev.sluice.server.crash;

import dev.sluice.server.crash.Journal.Interruption;
import dev.sluice.testbed.Proxy;
import dev.sluice.testbed.RealServer;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Something that happens to what the servers of a run share.
 *
 * @param name its name in the table
 * @param kind what that is to the servers
 * @param action does it, and puts it right again
 */
record Trouble(String name, Interruption.Kind kind, Action action) {
    private static final Duration AWAY = Duration.ofSeconds(2);
    /** Longer than a replica needs to take the place of its master. */
    private static final Duration PROMOTION = Duration.ofSeconds(6);

    private static final Duration BETWEEN = Duration.ofMillis(300);
    private static final int TIMES = 5;
    /** Most bytes of a conversation, more or less: where a cut may come. */
    private static final int COMMAND = 2_000;

    private static final int REPLY = 300;

    /** What happens. */
    @FunctionalInterface
    interface Action {
        /** Does it; the random numbers are those of the run. */
        void happen(RandomGenerator random);
    }

    /** What can happen to a server that keeps what it answered. */
    static List<Trouble> of(String store, RealServer server, Duration pause) {
        return List.of(
                new Trouble(store + " paused", Interruption.Kind.OUTAGE, random -> {
                    server.pause();
                    Victim.rest(pause);
                    server.resume();
                }),
                new Trouble(store + " stopped", Interruption.Kind.OUTAGE, random -> {
                    server.stop();
                    Victim.rest(AWAY);
                    server.restart();
                }),
                new Trouble(store + " killed", Interruption.Kind.OUTAGE, random -> {
                    server.kill();
                    Victim.rest(AWAY);
                    server.restart();
                }));
    }

    /** What can happen on the way to a server. */
    static List<Trouble> of(String store, Proxy proxy, Duration pause) {
        return List.of(
                new Trouble(store + " cut off", Interruption.Kind.CUT, random -> often(proxy, proxy::cut)),
                new Trouble(
                        store + " cut in mid-command",
                        Interruption.Kind.CUT,
                        random ->
                                often(proxy, () -> proxy.cutAfter(Proxy.Direction.COMMANDS, random.nextInt(COMMAND)))),
                new Trouble(
                        store + " replies lost",
                        Interruption.Kind.CUT,
                        random -> often(proxy, () -> proxy.cutAfter(Proxy.Direction.REPLIES, random.nextInt(REPLY)))),
                new Trouble(store + " silent", Interruption.Kind.OUTAGE, random -> {
                    proxy.pause();
                    Victim.rest(pause);
                    proxy.resume();
                }),
                new Trouble(store + " refusing", Interruption.Kind.OUTAGE, random -> {
                    proxy.refuse();
                    proxy.cut();
                    Victim.rest(AWAY);
                    proxy.resume();
                }));
    }

    /** The replica of a master takes its place while the master is dead; the dead one comes back as its replica. */
    static Trouble failover(String store, RealServer master) {
        return new Trouble(store + " failed over", Interruption.Kind.FAILOVER, random -> {
            master.kill();
            Victim.rest(PROMOTION);
            master.restart();
        });
    }

    /** A cut that has not come by then comes no more. */
    private static void often(Proxy proxy, Runnable cut) {
        for (int i = 0; i < TIMES; i++) {
            cut.run();
            Victim.rest(BETWEEN);
        }
        proxy.resume();
    }
}
