package dev.sluice.server.channel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Connections that wait for the next mail: greeting, TLS and login cost several round trips. The newest is used first;
 * who is not used for a while is hung up. Safe for use by several threads.
 */
final class IdleConversations implements AutoCloseable {
    private static final int MOST = 8;
    private static final long PATIENCE_MILLIS = 5_000;

    private final Deque<Resting> resting = new ArrayDeque<>();
    private final Future<?> rounds;
    private boolean closed;

    IdleConversations(SmtpDialer dialer) {
        rounds = dialer.every(PATIENCE_MILLIS, () -> hangUp(expired()));
    }

    synchronized Optional<SmtpConversation> take() {
        return Optional.ofNullable(resting.pollLast()).map(Resting::conversation);
    }

    void put(SmtpConversation conversation) {
        if (!keep(conversation)) {
            conversation.hangUp();
        }
    }

    @Override
    public void close() {
        rounds.cancel(false);
        hangUp(all());
    }

    private synchronized boolean keep(SmtpConversation conversation) {
        boolean room = !closed && resting.size() < MOST;
        return room && resting.add(new Resting(conversation, System.nanoTime()));
    }

    private synchronized List<Resting> expired() {
        List<Resting> expired = new ArrayList<>();
        long since = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (!resting.isEmpty() && resting.getFirst().since() - since < 0) {
            expired.add(resting.removeFirst());
        }
        return expired;
    }

    private synchronized List<Resting> all() {
        closed = true;
        List<Resting> all = List.copyOf(resting);
        resting.clear();
        return all;
    }

    private static void hangUp(List<Resting> gone) {
        gone.forEach(one -> one.conversation().hangUp());
    }

    private record Resting(SmtpConversation conversation, long since) {}
}
