package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.DurationText;
import dev.sluice.StoreException;
import dev.sluice.outbox.Message;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.CandidateOrders;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Pages;
import dev.sluice.server.scan.Scans;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** What would go out to a candidate that did not go out, what is ordered about one, and the way to all of them. */
final class CandidatePages {
    private static final String BY = "console";
    private static final String SHORT = "/admin/abandonment";

    private final Engine engine;
    private final CandidateBits bits;
    private final Token token;

    CandidatePages(Engine engine, CandidateBits bits, Token token) {
        this.engine = engine;
        this.bits = bits;
        this.token = token;
    }

    List<Pages.Page> pages() {
        return List.of(
                new Pages.Page("GET", SHORT, this::find),
                new Pages.Page("POST", "/flows/{flow}/candidates", this::order),
                new Pages.Page("GET", "/flows/{flow}/candidates/{subject}", asked -> with(asked, this::one)),
                new Pages.Page("GET", "/flows/{flow}/candidates/{subject}/html", asked -> with(asked, this::preview)));
    }

    /** Leads to the flow that scans, the one that is named where there are several. */
    private Pages.Shown find(Pages.Asked asked) {
        String named = asked.query().getOrDefault("flow", "");
        List<String> flows = engine.flows().stream()
                .filter(flow -> flow.scan().isPresent())
                .map(FlowConfig::name)
                .filter(name -> named.isEmpty() || name.equals(named))
                .toList();
        if (flows.isEmpty()) {
            return Layout.failure(
                    404, "No such flow", "No flow finds what it is about by a scan; docs/scans.md says how one does.");
        }
        if (flows.size() == 1) {
            return Pages.Shown.goTo(Link.flow(flows.get(0)));
        }
        List<Html> links = new ArrayList<>();
        flows.forEach(name -> links.add(el("li", Bits.link(Link.flow(name), name))));
        return Layout.page("", "Flows that scan", el("h1", text("Flows that scan")), el("ul", all(links)));
    }

    private Optional<FlowConfig> flow(Pages.Asked asked) {
        return engine.flow(asked.values().get(0)).filter(flow -> flow.scan().isPresent());
    }

    private static Pages.Shown absent() {
        return Layout.failure(404, "No such flow", "There is no flow of this name that scans.");
    }

    private Pages.Shown with(Pages.Asked asked, BiFunction<String, Scans.Read, Pages.Shown> page) {
        Optional<FlowConfig> flow = flow(asked);
        if (flow.isEmpty()) {
            return absent();
        }
        String subject = asked.values().get(1);
        try {
            return page.apply(subject, engine.scans().read(flow.get().name(), subject));
        } catch (StoreException e) {
            return Layout.failure(
                    503, "The database of the scan does not answer", "Without it nobody knows what would go out.");
        }
    }

    private Pages.Shown one(String subject, Scans.Read read) {
        if (read instanceof Scans.Read.Gone gone) {
            return Layout.failure(404, "There is no such candidate now", "It is not sent: " + gone.why() + ".");
        }
        Scans.Read.Offerable found = (Scans.Read.Offerable) read;
        Message message = message(found);
        String flow = message.key().flow();
        return Layout.page(
                "",
                bits.title(message),
                el(
                        "p",
                        cls("crumbs"),
                        Bits.link("/", "Overview"),
                        text(" / "),
                        Bits.link(Link.flow(flow), flow),
                        text(" / "),
                        Bits.key(message.key(), subject)),
                el("h1", attr("dir", "auto"), text(bits.title(message))),
                el(
                        "p",
                        cls("lead quiet"),
                        text("What would go out, by what the database says now"
                                + found.occurrence().recipients().stream()
                                        .findFirst()
                                        .map(to -> ", to " + to)
                                        .orElse("")
                                + ".")),
                Bits.section("Text", el("pre", cls("text"), attr("dir", "auto"), text(bits.text(message)))),
                Bits.section(
                        "As mail shows it",
                        el(
                                "iframe",
                                cls("preview"),
                                attr("sandbox", ""),
                                attr("title", "The message as mail shows it"),
                                attr("loading", "lazy"),
                                attr("src", Link.candidate(flow, subject) + "/html"))));
    }

    private Pages.Shown preview(String subject, Scans.Read read) {
        return read instanceof Scans.Read.Offerable found
                ? Pages.Shown.foreign(bits.html(message(found)))
                : Layout.failure(404, "There is no such candidate now", "Nothing would go out to " + subject + ".");
    }

    private Message message(Scans.Read.Offerable found) {
        return CandidateBits.message(
                found.occurrence().key(), found.occurrence().content(), bits.now());
    }

    private Pages.Shown order(Pages.Asked asked) {
        if (!token.isIn(asked.form())) {
            return MessagePages.tooOld();
        }
        Optional<FlowConfig> flow = flow(asked);
        Optional<CandidateBits.Order> order =
                CandidateBits.Order.of(asked.form().getOrDefault(CandidateBits.ORDER, ""));
        String subject = asked.form().getOrDefault(CandidateBits.SUBJECT, "");
        if (flow.isEmpty() || order.isEmpty() || subject.isBlank()) {
            return absent();
        }
        try {
            CandidateOrders.Outcome outcome =
                    run(new CandidateOrders(engine, flow.get().name(), BY), order.get(), subject, asked.form());
            return outcome instanceof CandidateOrders.Outcome.Refused refused
                    ? Layout.failure(409, "Nothing was done", refused.why() + ".")
                    : Pages.Shown.goTo(Link.with(
                            Link.flow(flow.get().name()), "done", order.get().word()));
        } catch (StoreException e) {
            return Layout.failure(503, "A database does not answer", "Nothing is known of what was asked; look again.");
        }
    }

    private static CandidateOrders.Outcome run(
            CandidateOrders orders, CandidateBits.Order order, String subject, Map<String, String> form) {
        return switch (order) {
            case SEND -> orders.send(subject, false);
            case AGAIN -> orders.send(subject, true);
            case HOLD -> orders.hold(subject, length(form.getOrDefault(CandidateBits.LENGTH, "")));
            case FORGET -> orders.forget(subject);
            case LET_GO -> orders.letGo(subject);
        };
    }

    private static Optional<Duration> length(String text) {
        return text.matches("1h|24h|7d") ? Optional.of(DurationText.parse(text)) : Optional.empty();
    }
}
