package dev.sluice.server.console;

import dev.sluice.server.channel.Rendering;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Pages;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The console: plain pages, made on the server, that need no script. */
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
        pages.addAll(new FlowPage(engine).pages());
        pages.addAll(new SubjectView(engine, rows, token).pages());
        pages.addAll(new MessagePages(engine, rows, token).pages());
        pages.addAll(new BudgetsPage(engine).pages());
        pages.addAll(new LedgerPage(engine).pages());
        pages.add(resource("/style.css", "text/css; charset=utf-8"));
        pages.add(resource("/icon.svg", "image/svg+xml"));
    }

    @Override
    public List<Page> all() {
        return List.copyOf(pages);
    }

    @Override
    public Shown failed(int status, String detail) {
        return Layout.failure(status, "That did not work", detail);
    }

    private static Page resource(String path, String mediaType) {
        String body = read(path.substring(1));
        return new Page("GET", path, asked -> new Shown(200, mediaType, body, Optional.empty()));
    }

    private static String read(String name) {
        try (InputStream in = Console.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks its resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
