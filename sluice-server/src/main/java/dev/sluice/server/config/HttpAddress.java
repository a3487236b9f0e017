package dev.sluice.server.config;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code HOST:PORT}, {@code :PORT}, {@code PORT} or {@code [IPv6]:PORT}, in the place of the map {@code http}. */
final class HttpAddress {
    private static final Pattern FORM = Pattern.compile("(?:(?:\\[([^]\\[]+)]|([^:\\[\\]/]*)):)?(\\d{1,5})");

    private HttpAddress() {}

    /** The map that the text stands for; the text itself if it is no address. */
    static Item spread(Item.Scalar address) {
        Matcher form = FORM.matcher(address.text().strip());
        if (!form.matches()) {
            return address;
        }
        Map<String, Item> entries = new LinkedHashMap<>();
        Optional.ofNullable(form.group(1))
                .or(() -> Optional.ofNullable(form.group(2)))
                .filter(host -> !host.isEmpty())
                .ifPresent(host -> entries.put(Options.Http.HOST.name(), part(host, address)));
        entries.put(Options.Http.PORT.name(), part(form.group(3), address));
        return new Item.Mapping(entries, address.place());
    }

    private static Item part(String text, Item.Scalar address) {
        return new Item.Scalar(text, address.asWritten() ? text : address.shown(), address.place());
    }
}
