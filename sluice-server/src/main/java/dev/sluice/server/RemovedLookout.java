package dev.sluice.server;

import dev.sluice.Books;
import dev.sluice.Bucket;
import dev.sluice.Budget;
import dev.sluice.outbox.Outbox;
import java.util.function.Consumer;

/** Flows that left the configuration while something of theirs was not told: looked at once, because flows do not change. */
final class RemovedLookout implements Lookout {
    private final Outbox outbox;
    private boolean looked;

    RemovedLookout(Outbox outbox) {
        this.outbox = outbox;
    }

    @Override
    public void look(Consumer<Notice> tell) {
        if (!looked) {
            outbox.books().forEach((flow, books) -> {
                // What a removed budget owes is told all the same.
                if (!flow.equals(Budget.FLOW) && !outbox.flows().contains(flow) && owes(books)) {
                    tell.accept(notice(flow, books));
                }
            });
            looked = true;
        }
    }

    private static boolean owes(Books books) {
        return books.get(Bucket.PENDING) + books.get(Bucket.HELD) + books.get(Bucket.OWED) > 0;
    }

    private static Notice notice(String flow, Books books) {
        return new Notice(
                Notice.Kind.REMOVED,
                flow,
                "removed-" + flow,
                Notice.Tone.WRONG,
                "Flow " + flow + " is not configured any more, and something of it was not told",
                books.get(Bucket.PENDING) + " occurrences pending, " + books.get(Bucket.HELD) + " held, "
                        + books.get(Bucket.OWED)
                        + " waiting for their digest.\nAll of it is kept, and goes on when the flow"
                        + " is configured again.");
    }
}
