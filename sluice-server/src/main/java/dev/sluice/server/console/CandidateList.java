package dev.sluice.server.console;

import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;

import dev.sluice.outbox.MessageView;
import dev.sluice.server.config.FlowConfig;
import dev.sluice.server.http.CandidatePage;
import dev.sluice.server.http.CandidateState;
import dev.sluice.server.http.CandidateView;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Pages;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The candidates of a flow that scans: how each stands, why, and what can be done with it. */
final class CandidateList {
    private static final int ROWS = 50;
    private static final String STATE = "state";
    private static final String USER = "user";
    private static final String FROM = "from";

    private final Engine engine;
    private final FlowConfig flow;
    private final CandidateBits bits;
    private final Pages.Asked asked;
    private final Instant now;

    CandidateList(Engine engine, FlowConfig flow, CandidateBits bits, Pages.Asked asked) {
        this.engine = engine;
        this.flow = flow;
        this.bits = bits;
        this.asked = asked;
        this.now = engine.now();
    }

    /** Nothing for a flow that scans nothing. */
    Html section() {
        if (flow.scan().isEmpty()) {
            return Html.nothing();
        }
        String word = asked.query().getOrDefault(STATE, "");
        String user = asked.query().getOrDefault(USER, "").strip();
        Optional<CandidateState> state = CandidateState.of(word);
        CandidatePage page = CandidatePage.of(
                engine,
                flow,
                new CandidatePage.Wanted(
                        state,
                        Optional.of(user).filter(name -> !name.isEmpty()),
                        asked.query().getOrDefault(FROM, ""),
                        ROWS));
        String here = Link.with(Link.with(Link.flow(flow.name()), STATE, word), USER, user);
        return Bits.section(
                "Candidates",
                CandidateBits.outcome(asked.query()),
                tabs(state, user),
                Layout.search(
                        Link.flow(flow.name()),
                        Layout.field(USER, "Candidates of the user", user, "any"),
                        word.isEmpty() ? Html.nothing() : Bits.hidden(STATE, word)),
                page.rows().isEmpty() ? nothing(page) : table(page.rows()),
                page.next()
                        .map(next -> Layout.more(Link.with(here, FROM, next)))
                        .orElse(Html.nothing()));
    }

    private Html tabs(Optional<CandidateState> state, String user) {
        String all = Link.with(Link.flow(flow.name()), USER, user);
        List<Layout.Tab> tabs = new ArrayList<>();
        tabs.add(new Layout.Tab("all", all, state.isEmpty()));
        for (CandidateState each : CandidateState.values()) {
            tabs.add(new Layout.Tab(
                    each.word().replace('-', ' '),
                    Link.with(all, STATE, each.word()),
                    state.filter(each::equals).isPresent()));
        }
        return Layout.tabs("State of candidates", tabs);
    }

    private static Html nothing(CandidatePage page) {
        return page.next().isPresent()
                ? Bits.empty("None among the newest ones.", "Older ones are on the next page.")
                : Bits.empty("There is none.", "A scan finds those who are left; choose another state above.");
    }

    private Html table(List<CandidateView> views) {
        List<Html> rows = new ArrayList<>();
        views.forEach(view -> rows.add(row(view)));
        return Bits.table(List.of("Candidate", "State", "Whose", "Since", "Until", ""), rows);
    }

    private Html row(CandidateView view) {
        return Bits.keyed(
                view.key().text() + " "
                        + view.message().map(CandidateList::number).orElse(""),
                el("td", cls("title"), attr("dir", "auto"), title(view)),
                el("td", cls("standing"), bits.state(flow, view)),
                el("td", cls("whose"), Bits.key(view.key(), view.user())),
                Bits.when(now, view.at()),
                view.until().map(until -> Bits.when(now, until)).orElseGet(() -> Bits.td()),
                el("td", cls("acts"), bits.orders(flow, view)));
    }

    private static String number(MessageView view) {
        return String.valueOf(view.message().id());
    }

    private Html title(CandidateView view) {
        return view.message()
                .map(MessageView::message)
                .map(message -> Bits.link(Link.message(message.id()), bits.title(message)))
                .orElseGet(() -> Bits.link(Link.candidate(view.key().flow(), view.subject()), bits.title(view)));
    }
}
