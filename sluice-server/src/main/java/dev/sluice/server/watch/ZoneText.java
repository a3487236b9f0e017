package dev.sluice.server.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sluice.Key;
import dev.sluice.outbox.Content;
import dev.sluice.server.config.WatchConfig;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What a message says of a level. */
final class ZoneText {
    private static final JsonMapper JSON = new JsonMapper();

    private ZoneText() {}

    /**
     * The content of a message.
     *
     * @param level the level and the boundary that it is beyond
     */
    static Content of(WatchConfig watch, Key key, String subject, Map<String, String> values, Figures level) {
        Map<String, Object> data = new TreeMap<>(values);
        data.put("level", level.level());
        data.put("threshold", level.threshold());
        data.put("zone", key.variant());
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("flow", key.flow());
        all.put("variant", key.variant());
        all.put("subject", subject);
        all.put("data", data);
        WatchConfig.Telling telling = watch.telling(key.variant());
        return new Content(telling.title().render(all), telling.message().render(all), telling.severity(), json(data));
    }

    /** The figures that a message tells, as decimals without superfluous zeros. */
    record Figures(String level, String threshold) {
        static Figures of(double level, double threshold) {
            return new Figures(plain(level), plain(threshold));
        }

        private static String plain(double number) {
            BigDecimal decimal = BigDecimal.valueOf(number).stripTrailingZeros();
            return decimal.toPlainString();
        }
    }

    private static String json(Map<String, Object> data) {
        try {
            return JSON.writeValueAsString(data);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts can always be written", e);
        }
    }
}
