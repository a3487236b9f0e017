package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.Command;
import dev.sluice.Key;
import dev.sluice.Store;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A store that decides keys beside the database of the outbox, such as Redis.
 *
 * @param keys decides; everything that is asked of it must end within a bounded time
 * @param books what all steps of the store moved in the books so far, by flow, those of other processes included; fails
 *     with {@link dev.sluice.StoreException} while the store is away
 * @param absence what this process knows of the time in which the store is away
 */
public record GateStore(Store keys, Supplier<CompletionStage<Map<String, Books>>> books, Absence absence) {
    /** One that nobody answers for while it is away. */
    public GateStore(Store keys, Supplier<CompletionStage<Map<String, Books>>> books) {
        this(keys, books, Absence.UNANSWERED);
    }

    /**
     * The time in which the store is away, and this process answers in its place. What it held is a {@link
     * dev.sluice.Event.Report}; whoever takes that owes it from then on. Safe for use by many threads.
     */
    public interface Absence {
        /** Nobody answers. */
        Absence UNANSWERED = new Absence() {
            @Override
            public boolean lasts() {
                return false;
            }

            @Override
            public boolean isWhole() {
                return false;
            }

            @Override
            public boolean covers(Key key) {
                return false;
            }

            @Override
            public List<Command> takeOwed(int most) {
                return List.of();
            }

            @Override
            public List<Command> takeSent(int most) {
                return List.of();
            }

            @Override
            public void end() {}
        };

        /** Whether the store, or a part of it, is away now. */
        boolean lasts();

        /** Whether all of it is. */
        boolean isWhole();

        /** Whether the part in which the key lies is. */
        boolean covers(Key key);

        /** Takes out at most so many reports that the store has never seen, so that they may be summed. */
        List<Command> takeOwed(int most);

        /** Takes out at most so many reports that the store may have counted. */
        List<Command> takeSent(int most);

        /**
         * This process ends: tells the store what it held, for a few seconds. Whatever the store did not confirm can be taken
         * from then on, also what was held because its answer did not come.
         */
        void end();
    }
}
