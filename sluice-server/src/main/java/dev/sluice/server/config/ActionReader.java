package dev.sluice.server.config;

import dev.sluice.Backoff;
import dev.sluice.DurationText;
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
                action.get(Actions.URL),
                action.find(Actions.SECRET),
                RequestReader.headers(action, Actions.HEADERS),
                new ChannelConfig.Timeouts(action.get(Actions.CONNECT_TIMEOUT), action.get(Actions.TIMEOUT)),
                new ActionConfig.Pace(
                        action.get(Actions.LEASE), action.get(Actions.PAUSE), action.get(Actions.THREADS)),
                retry(action.part(Actions.RETRY)));
    }

    private static ActionConfig.Retry retry(Section retry) {
        Duration first = retry.get(Actions.FIRST);
        Duration max = retry.get(Actions.MAX);
        if (max.compareTo(first) < 0) {
            if (retry.isSound()) {
                retry.wrong(Actions.MAX, "is shorter than first (" + DurationText.format(first) + ")", "lengthen it");
            }
            max = first;
        }
        return new ActionConfig.Retry(new Backoff(first, retry.get(Actions.FACTOR), max), retry.get(Actions.ATTEMPTS));
    }
}
