package dev.sluice.examples;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.contract.ManualClock;
import dev.sluice.examples.Fault.Wording;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** 600 errors in 18 hours, through Sluice and through a model of what it takes the place of. */
final class ErrorFlood implements Example {
    private static final String FLOW = "errors";

    /** The last window may begin with the last error. */
    private static final Duration UNTIL_ALL_IS_TOLD = Fault.LENGTH.plusHours(1);

    @Override
    public String name() {
        return "error-flood";
    }

    @Override
    public String headline() {
        return "600 errors in 18 hours: what is sent, held and told, beside what the original did";
    }

    @Override
    public List<String> tell(Stage stage) throws Exception {
        Wording[] acts = Wording.values();
        ManualClock clock = stage.clock(UNTIL_ALL_IS_TOLD.multipliedBy(acts.length));
        MailServer mail = stage.add(MailServer.start(clock));
        WebhookReceiver pager = stage.add(WebhookReceiver.start(clock));
        Stage.Play play = stage.serve(
                clock,
                Map.of(
                        "MAIL_PORT", String.valueOf(mail.port()),
                        "PAGER_URL", pager.address().toString()));
        FloodReport report = new FloodReport(stage.screen());
        if (!stage.json()) {
            report.begin(play.server().address(), mail.port(), pager.address());
        }
        Theatre theatre = new Theatre(play, new Caller(play.server().address()), mail, pager, stage.screen());
        List<Flood> floods = new ArrayList<>();
        for (Wording wording : acts) {
            floods.add(run(theatre, wording));
        }
        if (stage.json()) {
            report.json(floods);
        } else {
            report.end(floods);
        }
        return floods.stream().flatMap(flood -> flood.complaints().stream()).toList();
    }

    /** All that takes part. */
    private record Theatre(Stage.Play play, Caller caller, MailServer mail, WebhookReceiver pager, Screen screen) {}

    private static Flood run(Theatre theatre, Wording wording) throws IOException, InterruptedException {
        long started = System.nanoTime();
        Instant begin = theatre.play().clock().instant();
        List<Fault> faults = Fault.incident(begin, wording);
        Flood.Books before = books(theatre.caller());
        int mails = theatre.mail().arrivals().size();
        int hooks = theatre.pager().arrivals().size();
        post(faults, theatre, mails);
        theatre.play().moveTo(begin.plus(UNTIL_ALL_IS_TOLD));
        return new Flood(
                wording,
                faults,
                from(mails, theatre.mail().arrivals()),
                from(hooks, theatre.pager().arrivals()),
                original(faults),
                books(theatre.caller()).minus(before),
                Duration.ofNanos(System.nanoTime() - started));
    }

    private static List<Arrival> from(int first, List<Arrival> arrivals) {
        return arrivals.subList(first, arrivals.size());
    }

    /** The clock jumps from each error to the next; and to the end of each window, where its digest is due. */
    private static void post(List<Fault> faults, Theatre theatre, int mailsBefore)
            throws IOException, InterruptedException {
        Stage.Play play = theatre.play();
        Optional<Instant> windowEnd = Optional.empty();
        int posted = 0;
        for (Fault fault : faults) {
            if (windowEnd.isPresent() && !windowEnd.get().isAfter(fault.at())) {
                play.moveTo(windowEnd.get());
            }
            play.clock().set(fault.at());
            Caller.Answer answer = theatre.caller().post(FLOW, fault);
            windowEnd = answer.held() ? answer.next() : Optional.empty();
            play.moveTo(fault.at());
            posted++;
            theatre.screen()
                    .progress(
                            posted,
                            faults.size(),
                            posted + " errors, "
                                    + (theatre.mail().arrivals().size() - mailsBefore) + " mails, "
                                    + Figures.hours(Fault.APART.multipliedBy(posted)));
        }
        windowEnd.ifPresent(play::moveTo);
        theatre.screen().endProgress();
    }

    /** What the original sends under the same input. */
    private static List<Arrival> original(List<Fault> faults) {
        Original original = Original.standard();
        List<Arrival> sent = new ArrayList<>();
        for (Fault fault : faults) {
            switch (original.decide(fault)) {
                case SENT -> sent.add(new Arrival(fault.at(), Arrival.Kind.PASS, fault.title(), "", 1));
                case SUMMARY -> sent.add(new Arrival(fault.at(), Arrival.Kind.SUMMARY, fault.title(), "", 1));
                case MUTED -> {}
            }
        }
        return sent;
    }

    private static Flood.Books books(Caller caller) throws IOException, InterruptedException {
        for (JsonNode flow : caller.get("v1/flows").path("flows")) {
            if (flow.path("name").asText().equals(FLOW)) {
                JsonNode books = flow.path("books");
                return new Flood.Books(
                        books.path("in").asInt(),
                        books.path("delivered").asInt(),
                        books.path("reported").asInt(),
                        books.path("unaccounted").asInt());
            }
        }
        throw new IOException("the server does not know the flow " + FLOW);
    }
}
