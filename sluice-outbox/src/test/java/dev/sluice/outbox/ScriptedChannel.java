package dev.sluice.outbox;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.function.Function;

/** A channel that does as it is told, then accepts; and keeps what it was asked. */
final class ScriptedChannel implements Channel {
    private final Queue<Function<Outgoing, Receipt>> script = new ArrayDeque<>();
    private final List<Outgoing> attempts = Collections.synchronizedList(new ArrayList<>());
    private final List<Outgoing> accepted = Collections.synchronizedList(new ArrayList<>());
    private volatile List<String> recipients = List.of();
    private volatile boolean addressed;
    private Function<Outgoing, Receipt> otherwise = outgoing -> new Receipt.Accepted("ok");

    @Override
    public Receipt send(Outgoing outgoing) {
        attempts.add(outgoing);
        Receipt receipt = next().apply(outgoing);
        if (receipt instanceof Receipt.Accepted) {
            accepted.add(outgoing);
        }
        return receipt;
    }

    @Override
    public List<String> recipients() {
        return recipients;
    }

    @Override
    public boolean addressed() {
        return addressed;
    }

    void addressed(boolean always) {
        addressed = always;
    }

    void recipients(String... own) {
        recipients = List.of(own);
    }

    private synchronized Function<Outgoing, Receipt> next() {
        Function<Outgoing, Receipt> next = script.poll();
        return next == null ? otherwise : next;
    }

    /** The next {@code times} attempts give this. */
    synchronized void next(int times, Receipt receipt) {
        for (int i = 0; i < times; i++) {
            script.add(outgoing -> receipt);
        }
    }

    /** The next attempt does this. */
    synchronized void next(Function<Outgoing, Receipt> doing) {
        script.add(doing);
    }

    /** Every attempt that has no other script does this. */
    synchronized void always(Function<Outgoing, Receipt> doing) {
        otherwise = doing;
    }

    void always(Receipt receipt) {
        always(outgoing -> receipt);
    }

    List<Outgoing> attempts() {
        return List.copyOf(attempts);
    }

    List<Message> delivered() {
        return List.copyOf(accepted).stream().map(Outgoing::message).toList();
    }

    List<Message> delivered(Message.Kind kind) {
        return delivered().stream().filter(message -> message.kind() == kind).toList();
    }
}
