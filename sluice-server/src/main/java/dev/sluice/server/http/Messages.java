package dev.sluice.server.http;

import dev.sluice.outbox.MessageState;
import dev.sluice.outbox.MessageView;
import dev.sluice.outbox.Outbox;
import java.util.Arrays;
import java.util.Optional;

/** Finds messages, and the words for their states. */
public final class Messages {
    private Messages() {}

    /** The state of that word. */
    public static Optional<MessageState> state(String word) {
        return Arrays.stream(MessageState.values())
                .filter(state -> state.word().equals(word))
                .findFirst();
    }

    /** The message of that number. May block. */
    public static Optional<MessageView> find(Engine engine, long id) {
        if (id < 1 || id == Long.MAX_VALUE) {
            return Optional.empty();
        }
        Outbox.MessageFilter upTo =
                new Outbox.MessageFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(id + 1));
        return engine.messages(upTo, 1).stream()
                .filter(view -> view.message().id() == id)
                .findFirst();
    }
}
