package dev.sluice.server.channel;

import dev.sluice.outbox.Outgoing;
import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.text.SafeText;
import java.util.ArrayList;
import java.util.List;

/** Writes each message as one bounded line in the log, control characters written out. Never fails. */
public final class LogChannel implements KnowsMailboxes {
    private static final int MOST = 2_000;

    private final ChannelConfig.Log config;
    private final Rendering rendering;
    private final System.Logger logger;

    /** Writes to the logger named {@code dev.sluice.message}. */
    public LogChannel(ChannelConfig.Log config, Rendering rendering) {
        this(config, rendering, System.getLogger("dev.sluice.message"));
    }

    LogChannel(ChannelConfig.Log config, Rendering rendering, System.Logger logger) {
        this.config = config;
        this.rendering = rendering;
        this.logger = logger;
    }

    @Override
    public Receipt send(Outgoing outgoing) {
        logger.log(config.level(), SafeText.escaped(line(rendering.of(outgoing.message())), MOST));
        return new Receipt.Accepted("logged");
    }

    private static String line(Rendered rendered) {
        List<String> parts = new ArrayList<>();
        parts.add(rendered.title());
        parts.addAll(rendered.notes());
        rendered.facts().forEach(fact -> parts.add(fact.name() + ": " + fact.value()));
        rendered.link().ifPresent(parts::add);
        // Last, because what is too long is cut at the end.
        parts.addAll(rendered.samples());
        parts.add(rendered.body());
        return String.join(" | ", parts);
    }
}
