package dev.sluice.server.console;

import dev.sluice.outbox.Message;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.config.MailConfig;
import dev.sluice.server.http.Engine;
import dev.sluice.server.mail.Tracks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How many mails of a flow were opened and clicked in; nothing for a flow that does not track. */
final class TrackView {
    private TrackView() {}

    static Html section(Engine engine, FlowConfig flow) {
        if (!tracks(flow)) {
            return Html.nothing();
        }
        List<Html> rows = new ArrayList<>();
        engine.audience()
                .tracks()
                .count(flow.name(), Instant.EPOCH, engine.now())
                .forEach((what, count) -> rows.add(row(what, count)));
        return Bits.section("Opens and clicks", Bits.table(List.of("What", "#Mails", "#Times"), rows));
    }

    /** What is known of a message; nothing where its flow does not track. */
    static Map<MailConfig.Track, Tracks.Seen> of(Engine engine, Message message) {
        return engine.flow(message.key().flow()).filter(TrackView::tracks).isPresent()
                ? engine.audience().tracks().of(message.id())
                : Map.of();
    }

    private static boolean tracks(FlowConfig flow) {
        return flow.mail().filter(mail -> !mail.track().isEmpty()).isPresent();
    }

    static String name(MailConfig.Track what) {
        return what == MailConfig.Track.OPENS ? "Opened" : "Clicked in";
    }

    private static Html row(MailConfig.Track what, Tracks.Count count) {
        return Bits.row(Bits.td(Html.text(name(what))), Bits.num(count.messages()), Bits.num(count.times()));
    }
}
