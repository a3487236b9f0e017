package dev.sluice.server.config;

import dev.sluice.Backoff;
import dev.sluice.DurationText;
import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.WatchOptions.Actions;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads actions. */
final class ActionReader {
    private ActionReader() {}

    static Map<String, ActionConfig> actions(Section root, Mistakes mistakes) {
        Map<String, ActionConfig> actions = new LinkedHashMap<>();
        root.named(Options.ACTIONS)
                .forEach((name, item) ->
                        actions.put(name, action(Section.of(Actions.TABLE, item, "actions." + name, mistakes))));
        return Collections.unmodifiableMap(actions);
    }

    private static ActionConfig action(Section action) {
        return new ActionConfig(
                new CallConfig(
                        action.get(Actions.URL),
                        action.find(Actions.SECRET),
                        RequestReader.headers(action, Actions.HEADERS),
                        new ChannelConfig.Timeouts(action.get(Actions.CONNECT_TIMEOUT), action.get(Actions.TIMEOUT))),
                new ActionConfig.Pace(
                        action.get(Actions.LEASE), action.get(Actions.PAUSE), action.get(Actions.THREADS)),
                retry(action.part(Actions.RETRY)));
    }

    private static ActionConfig.Retry retry(Section retry) {
        return new ActionConfig.Retry(backoff(retry, Actions.FIRST, Actions.MAX), retry.get(Actions.ATTEMPTS));
    }

    /** The rests between attempts, of whose options the factor is everywhere the same. */
    static Backoff backoff(Section retry, Option<Duration> least, Option<Duration> most) {
        Duration first = retry.get(least);
        Duration max = retry.get(most);
        if (max.compareTo(first) < 0) {
            if (retry.isSound()) {
                retry.wrong(most, "is shorter than first (" + DurationText.format(first) + ")", "lengthen it");
            }
            max = first;
        }
        return new Backoff(first, retry.get(Actions.FACTOR), max);
    }
}
