package dev.sluice.server.http;

import dev.sluice.Micros;
import dev.sluice.Rule;
import dev.sluice.outbox.MessageState;
import dev.sluice.outbox.MessageView;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which messages of one key are the newest of their windows: a message that was withdrawn or given up opened none. */
final class CandidateWindows {
    private final Rule rule;
    private final Set<Long> newest = new HashSet<>();
    private long start;
    private int told;

    private CandidateWindows(Rule rule) {
        this.rule = rule;
    }

    /**
     * The numbers of those that stand for their window.
     *
     * @param messages of one key, the newest first
     */
    static Set<Long> newest(Rule rule, List<MessageView> messages) {
        CandidateWindows windows = new CandidateWindows(rule);
        long before = -1;
        for (int i = messages.size() - 1; i >= 0; i--) {
            MessageView view = messages.get(i);
            long at = Micros.of(view.message().window().decidedAt());
            if (before < 0 || windows.isOver(at)) {
                windows.start = at;
                windows.told = 0;
            } else {
                windows.newest.remove(before);
            }
            windows.count(view, at);
            before = view.message().id();
            windows.newest.add(before);
        }
        return windows.newest;
    }

    /** A window that is full and lets out another one was ended by a reset. */
    private boolean isOver(long at) {
        return at - start >= rule.window() || told >= rule.limit();
    }

    private void count(MessageView view, long at) {
        if (view.state() == MessageState.DELIVERED || view.state() == MessageState.ASSUMED) {
            start = told == 0 ? at : start;
            told++;
        }
    }
}
