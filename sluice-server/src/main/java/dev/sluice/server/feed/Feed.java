package dev.sluice.server.feed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Carries occurrences from a source to a receiver, in batches, in order, and counts what becomes of them. */
final class Feed {
    /** Bounded so that a batch and all of its answers fit the buffers between two programs. */
    private static final int MOST_IN_BATCH = 200;

    private static final int MOST_CHARACTERS = 64_000;

    private final Source source;
    private final Receiver receiver;
    private final Watcher watcher;
    private final Totals totals = new Totals();
    private final List<Item.Occurrence> batch = new ArrayList<>();
    private int characters;

    /** Who is told while it goes on. */
    interface Watcher {
        /** So many occurrences are done with. */
        void progress(long occurrences);

        /** Something is wrong with what begins on a line. */
        void trouble(long line, String why);
    }

    Feed(Source source, Receiver receiver, Watcher watcher) {
        this.source = source;
        this.receiver = receiver;
        this.watcher = watcher;
    }

    /** What was counted, also after {@link #run} threw. */
    Totals totals() {
        return totals;
    }

    /** Feeds all that the source has. */
    void run() throws IOException, FeedException {
        for (Optional<Item> item = source.next(); item.isPresent(); item = source.next()) {
            if (item.get() instanceof Item.Occurrence occurrence) {
                add(occurrence);
            } else if (item.get() instanceof Item.Bad bad) {
                totals.bad();
                watcher.trouble(bad.line(), bad.why());
            }
            if (source.idle()) {
                send();
            }
        }
        send();
    }

    private void add(Item.Occurrence occurrence) throws FeedException {
        if (characters + occurrence.json().length() > MOST_CHARACTERS || batch.size() == MOST_IN_BATCH) {
            send();
        }
        batch.add(occurrence);
        characters += occurrence.json().length();
    }

    private void send() throws FeedException {
        if (batch.isEmpty()) {
            return;
        }
        List<Answer> answers = receiver.decide(List.copyOf(batch));
        for (int i = 0; i < answers.size(); i++) {
            count(batch.get(i).line(), answers.get(i));
        }
        batch.clear();
        characters = 0;
        watcher.progress(totals.occurrences());
    }

    private void count(long line, Answer answer) {
        totals.add(answer);
        if (answer instanceof Answer.Refused refused) {
            watcher.trouble(line, refused.why());
        } else if (answer instanceof Answer.Unsent unsent) {
            watcher.trouble(line, "not sent: " + unsent.why());
        }
    }
}
