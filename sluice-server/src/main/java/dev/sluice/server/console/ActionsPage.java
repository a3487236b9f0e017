package dev.sluice.server.console;

import static dev.sluice.server.console.Html.all;
import static dev.sluice.server.console.Html.attr;
import static dev.sluice.server.console.Html.cls;
import static dev.sluice.server.console.Html.el;
import static dev.sluice.server.console.Html.text;

import dev.sluice.jobs.ByHand;
import dev.sluice.jobs.JobState;
import dev.sluice.jobs.JobStatus;
import dev.sluice.server.http.Engine;
import dev.sluice.server.http.Pages;
import dev.sluice.server.watch.ActionStatus;
import dev.sluice.server.watch.Actions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** What watches have under way: actions that run, wait for another attempt, or are dead, and what can be done about them. */
final class ActionsPage {
    private static final String PATH = "/actions";
    private static final String BY = "console";
    private static final int MOST = 200;

    private final Engine engine;
    private final Token token;
    private final InstantSource clock;

    ActionsPage(Engine engine, Token token, InstantSource clock) {
        this.engine = engine;
        this.token = token;
        this.clock = clock;
    }

    List<Pages.Page> pages() {
        return List.of(
                new Pages.Page("GET", PATH, this::show),
                new Pages.Page("POST", PATH + "/retry", asked -> order(asked, Actions.Order.TRY_NOW)),
                new Pages.Page("POST", PATH + "/give-up", asked -> order(asked, Actions.Order.GIVE_UP)));
    }

    private Pages.Shown show(Pages.Asked asked) {
        List<ActionStatus> actions = engine.actions(MOST);
        return Layout.page(
                PATH,
                "Actions",
                el("h1", text("Actions")),
                el(
                        "p",
                        cls("lead quiet"),
                        text("What watches began and what is not done yet. Before each step the level is read again: an"
                                + " action that is tried now does nothing where its zone is over.")),
                outcome(asked.query()),
                actions.isEmpty()
                        ? Bits.empty("No action is under way.", "What is done is in the ledger.")
                        : Bits.table(
                                List.of("Subject", "Action", "State", "#Attempt", "Begun", "Next", "Failed", ""),
                                actions.stream().map(this::row).toList()));
    }

    private static Html outcome(Map<String, String> query) {
        return switch (query.getOrDefault("done", "")) {
            case "retry" -> notice("It is tried now.");
            case "give-up" -> notice("It was given up, and is not tried again by itself.");
            default -> Html.nothing();
        };
    }

    private static Html notice(String words) {
        return el("p", cls("notice good"), attr("role", "status"), text(words));
    }

    private Html row(ActionStatus action) {
        JobStatus job = action.job();
        Instant now = clock.instant();
        return Bits.keyed(
                job.kind() + " " + job.subject(),
                el("td", cls("long"), Bits.key(action.key(), job.subject())),
                Bits.td(text(job.kind())),
                Bits.td(Bits.badge(tone(job.state()), job.state().name().toLowerCase(Locale.ROOT))),
                Bits.num(job.attempt()),
                Bits.when(now, job.since()),
                job.next().map(at -> Bits.when(now, at)).orElseGet(() -> Bits.td(text("-"))),
                el(
                        "td",
                        cls("long"),
                        text(job.failure().map(JobStatus.Failure::reason).orElse("-"))),
                el("td", cls("acts"), orders(job)));
    }

    private static String tone(JobState state) {
        return switch (state) {
            case DEAD -> "bad";
            case RESTING -> "wait";
            case RUNNING, QUEUED, SCHEDULED -> "calm";
        };
    }

    private Html orders(JobStatus job) {
        if (job.state() == JobState.RUNNING) {
            return el("span", cls("quiet"), text("ends by itself"));
        }
        Html[] which = {Bits.hidden("action", job.kind()), Bits.hidden("subject", job.subject())};
        List<Html> buttons = new ArrayList<>();
        buttons.add(Bits.action(
                new Bits.Action(
                        PATH + "/retry",
                        "Try again now",
                        "Begins " + job.kind() + " for " + job.subject() + " at once, under a higher fence.",
                        "Yes, try it",
                        "calm"),
                token.value(),
                which));
        if (job.state() != JobState.DEAD) {
            buttons.add(Bits.action(
                    new Bits.Action(
                            PATH + "/give-up",
                            "Give up",
                            "Nothing more is tried for " + job.subject()
                                    + " until a level in its zone comes after the longest rest.",
                            "Yes, give it up",
                            "bad"),
                    token.value(),
                    which));
        }
        return all(buttons);
    }

    private Pages.Shown order(Pages.Asked asked, Actions.Order order) {
        if (!token.isIn(asked.form())) {
            return MessagePages.tooOld();
        }
        String action = asked.form().getOrDefault("action", "");
        String subject = asked.form().getOrDefault("subject", "");
        if (action.isEmpty() || subject.isEmpty()) {
            return absent();
        }
        try {
            ByHand done = engine.orderAction(order, action, subject, BY)
                    .toCompletableFuture()
                    .join();
            return switch (done) {
                case DONE ->
                    Pages.Shown.goTo(Link.with(PATH, "done", order == Actions.Order.TRY_NOW ? "retry" : "give-up"));
                case RUNNING -> Layout.failure(409, "It is running", "A run ends by itself; nothing was changed.");
                case ABSENT -> absent();
            };
        } catch (CompletionException e) {
            return MessagePages.failed(e);
        }
    }

    private static Pages.Shown absent() {
        return Layout.failure(
                404, "There is no such action", "It may be done by now; the ledger has what became of it.");
    }
}
