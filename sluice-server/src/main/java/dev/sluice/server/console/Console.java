package dev.sluice.server.console;

import dev.sluice.server.channel.Rendering;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Pages;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The console: pages made on the server. They work without a script, and with it they are kept true. */
public final class Console implements Pages {
    private final List<Page> pages = new ArrayList<>();

    /**
     * A console over {@code engine}.
     *
     * @param rendering what messages read like
     * @param clock what "ago" is counted from
     * @param random a source that nobody can predict: forms are protected by it
     */
    public Console(Engine engine, Rendering rendering, InstantSource clock, RandomGenerator random) {
        Token token = new Token(random);
        MessageRows rows = new MessageRows(rendering, clock);
        pages.addAll(new OverviewPage(engine, rows).pages());
        CandidateBits candidates = new CandidateBits(rows, token);
        pages.addAll(new FlowPage(engine, candidates).pages());
        pages.addAll(new CandidatePages(engine, candidates, token).pages());
        pages.addAll(new SubjectView(engine, rows, token).pages());
        pages.addAll(new MessagePages(engine, rows, token).pages());
        pages.addAll(new DeadLetterPage(engine, rows, token).pages());
        pages.addAll(new ActionsPage(engine, token, clock).pages());
        pages.addAll(new BudgetsPage(engine).pages());
        pages.addAll(new LedgerPage(engine).pages());
        pages.addAll(Assets.pages());
    }

    @Override
    public List<Page> all() {
        return List.copyOf(pages);
    }

    @Override
    public Shown failed(int status, String detail) {
        return Layout.failure(status, "That did not work", detail);
    }
}
