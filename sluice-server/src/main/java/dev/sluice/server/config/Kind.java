package dev.sluice.server.config;

import dev.sluice.DurationText;
import dev.sluice.Rule;
import dev.sluice.server.text.MailAddress;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What may be written as a value, and what it becomes.
 *
 * @param noun what it is, with its unit and range
 * @param example one that is right
 * @param shape how it looks in YAML
 * @param secret whether no message may show it
 * @param parser turns a value of this shape into what it means
 */
record Kind<T>(String noun, String example, Shape shape, boolean secret, Parser<T> parser) {
    private static final Pattern WHOLE = Pattern.compile("-?\\d{1,100}");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})(B|KiB|MiB)?");
    private static final Pattern ADDRESS = Pattern.compile("[^@\\s<>,;\\p{Cntrl}]+@[^@\\s<>,;\\p{Cntrl}]+");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]+");
    private static final Map<String, Integer> UNITS = Map.of("B", 1, "KiB", 1 << 10, "MiB", 1 << 20);

    /** How a value looks in YAML, and so in an environment variable. */
    enum Shape {
        /** One value. */
        TEXT,
        /** Several; a variable may also separate them by commas. */
        LIST,
        /** Names with values. */
        MAP,
        /** One value, or names with values. */
        EITHER
    }

    /** Turns an item into a value. */
    @FunctionalInterface
    interface Parser<T> {
        /**
         * The value.
         *
         * @throws WrongValue if the item is not what it should be
         */
        T parse(Item item) throws WrongValue;
    }

    /** Says why a value is wrong, in words that go on after the value: "is ...". */
    static final class WrongValue extends Exception {
        private static final long serialVersionUID = 1;

        private final transient Item item;
        private final String reason;

        WrongValue(Item item, String reason) {
            super(reason);
            this.item = item;
            this.reason = reason;
        }

        String reason() {
            return reason;
        }

        Item item() {
            return item;
        }
    }

    /** @throws WrongValue if the item is not of this kind */
    T read(Item item) throws WrongValue {
        boolean fits = switch (shape) {
            case TEXT -> item instanceof Item.Scalar;
            case LIST -> item instanceof Item.Listing;
            case MAP -> item instanceof Item.Mapping;
            case EITHER -> item instanceof Item.Scalar || item instanceof Item.Mapping;
        };
        if (!fits) {
            throw new WrongValue(item, "is " + item.noun() + ", not " + noun);
        }
        return parser.parse(item);
    }

    /** The value of text that is known to be right, such as a default. */
    T known(String text) {
        Place nowhere = new Place("", 0);
        Item.Scalar scalar = new Item.Scalar(text, text, nowhere);
        try {
            return read(shape == Shape.LIST ? listing(text, nowhere) : scalar);
        } catch (WrongValue e) {
            throw new IllegalStateException("'" + text + "' " + e.reason(), e);
        }
    }

    /** Values that commas separate, with or without brackets around them. */
    static Item.Listing listing(String text, Place place) {
        return new Item.Listing(
                Arrays.stream(text.replaceAll("^\\s*\\[|]\\s*$", "").split(",", -1))
                        .map(String::strip)
                        .filter(each -> !each.isEmpty())
                        .<Item>map(each -> new Item.Scalar(each, each, place))
                        .toList(),
                place);
    }

    static Kind<String> text() {
        return scalar("text", "text", text -> text.isBlank() ? Optional.empty() : Optional.of(text));
    }

    static Kind<Secret> hidden() {
        Kind<String> text = text();
        return new Kind<>(text.noun, text.example, Shape.TEXT, true, item -> Secret.of(text.read(item)));
    }

    static Kind<Secret.Url> hiddenUrl() {
        Kind<URI> url = url();
        return new Kind<>(url.noun, url.example, Shape.TEXT, true, item -> new Secret.Url(url.read(item)));
    }

    static Kind<URI> url() {
        String noun = "a http:// or https:// address";
        return new Kind<>(noun, "https://example.org/hook", Shape.TEXT, false, item -> {
            try {
                URI uri = new URI(((Item.Scalar) item).text());
                Optional<String> wrong = WebAddress.wrong(uri);
                if (wrong.isPresent()) {
                    throw new WrongValue(item, wrong.get());
                }
                return uri;
            } catch (URISyntaxException e) {
                throw new WrongValue(item, "is not " + noun);
            }
        });
    }

    static Kind<String> host() {
        return scalar(
                "a host name or address",
                "127.0.0.1",
                text -> Optional.of(text).filter(it -> HOST.matcher(it).matches()));
    }

    static Kind<String> address() {
        return scalar(
                "a mail address",
                "ops@example.org",
                text -> Optional.of(text)
                        .filter(it -> ADDRESS.matcher(it).matches())
                        .filter(it -> MailAddress.parse(it).name().isEmpty()));
    }

    static Kind<Integer> integer(int least, int most) {
        String noun = most == Integer.MAX_VALUE ? "a number from " + least : "a number, " + least + " to " + most;
        return scalar(noun, Integer.toString(least), text -> {
            if (!WHOLE.matcher(text).matches()) {
                return Optional.empty();
            }
            BigDecimal number = new BigDecimal(text);
            if (number.compareTo(BigDecimal.valueOf(least)) < 0 || number.compareTo(BigDecimal.valueOf(most)) > 0) {
                throw new IllegalArgumentException("'" + text + "' is not in " + least + " to " + most);
            }
            return Optional.of(number.intValueExact());
        });
    }

    static Kind<Double> decimal(double least, double most) {
        String noun = "a number, " + plain(least) + " to " + plain(most);
        return scalar(
                noun,
                plain(least),
                text -> Optional.of(text)
                        .filter(it -> it.matches("\\d{1,9}(\\.\\d{1,9})?"))
                        .map(Double::parseDouble)
                        .filter(it -> it >= least && it <= most));
    }

    static Kind<Double> share() {
        return scalar(
                "a share, 0% to 100%",
                "20%",
                text -> Optional.of(text)
                        .filter(it -> it.matches("\\d{1,3}(\\.\\d{1,3})?%|0"))
                        .map(it -> Double.parseDouble(it.replace("%", "")) / 100)
                        .filter(it -> it <= 1));
    }

    static Kind<Integer> size(int least, int most) {
        return scalar("a size, " + bytes(least) + " to " + bytes(most), "64KiB", text -> {
            Matcher size = SIZE.matcher(text);
            return size.matches()
                    ? Optional.of(Long.parseLong(size.group(1))
                                    * UNITS.getOrDefault(
                                            Optional.ofNullable(size.group(2)).orElse("B"), 1))
                            .filter(it -> it >= least && it <= most)
                            .map(Math::toIntExact)
                    : Optional.empty();
        });
    }

    static Kind<Duration> length(String least, String most) {
        String noun = "a length of time, " + least + " to " + most;
        Duration from = DurationText.parse(least);
        Duration to = DurationText.parse(most);
        return scalar(
                noun,
                least,
                text -> Optional.of(DurationText.parse(text))
                        .filter(it -> it.compareTo(from) >= 0 && it.compareTo(to) <= 0));
    }

    /** Nothing for {@code off}. */
    static Kind<Optional<Duration>> lengthOrOff(String least, String most) {
        Kind<Duration> length = length(least, most);
        return new Kind<>(
                length.noun + ", or off",
                length.example,
                Shape.TEXT,
                false,
                item -> ((Item.Scalar) item).text().equals("off") ? Optional.empty() : Optional.of(length.read(item)));
    }

    static Kind<String> allowance() {
        return scalar("an allowance: N per D, once per D, once until reset or exclusive", "5 per 1h", text -> {
            Rule.allow(text);
            return Optional.of(text);
        });
    }

    static <E extends Enum<E>> Kind<E> word(Class<E> type) {
        List<E> constants = List.of(type.getEnumConstants());
        String all = constants.stream().map(Kind::word).collect(Collectors.joining(", "));
        return scalar(
                "one of " + all,
                word(constants.get(0)),
                text -> constants.stream()
                        .filter(each -> word(each).equals(text))
                        .findFirst());
    }

    static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static <E> Kind<List<E>> list(String noun, int least, Kind<E> of) {
        return new Kind<>(noun, "[" + of.example + "]", Shape.LIST, of.secret, item -> {
            List<E> values = new ArrayList<>();
            for (Item each : ((Item.Listing) item).items()) {
                values.add(of.read(each));
            }
            if (values.size() < least) {
                throw new WrongValue(item, "has too few entries; the least is " + least);
            }
            return List.copyOf(values);
        });
    }

    static <E> Kind<Map<String, E>> map(String noun, Kind<E> of) {
        return new Kind<>(noun, "{name: " + of.example + "}", Shape.MAP, of.secret, item -> {
            Map<String, E> values = new LinkedHashMap<>();
            for (Map.Entry<String, Item> each : ((Item.Mapping) item).entries().entrySet()) {
                values.put(each.getKey(), of.read(each.getValue()));
            }
            return Collections.unmodifiableMap(values);
        });
    }

    /** A single value; {@code parse} gives nothing, or throws IllegalArgumentException, where it is not of the kind. */
    static <T> Kind<T> scalar(String noun, String example, Function<String, Optional<T>> parse) {
        return new Kind<>(noun, example, Shape.TEXT, false, item -> {
            Item.Scalar scalar = (Item.Scalar) item;
            try {
                return parse.apply(scalar.text()).orElseThrow(() -> new WrongValue(item, "is not " + noun));
            } catch (IllegalArgumentException e) {
                throw new WrongValue(item, reason(scalar, noun, e));
            }
        });
    }

    /** What the exception says, unless that shows more than was written. */
    private static String reason(Item.Scalar scalar, String noun, IllegalArgumentException e) {
        String said = Optional.ofNullable(e.getMessage()).orElse("");
        String quoted = "'" + scalar.text() + "' ";
        return scalar.asWritten() && said.startsWith(quoted) ? said.substring(quoted.length()) : "is not " + noun;
    }

    private static String plain(double number) {
        return BigDecimal.valueOf(number).stripTrailingZeros().toPlainString();
    }

    private static String bytes(int size) {
        return size % (1 << 20) == 0 ? (size >> 20) + "MiB" : size % 1024 == 0 ? (size >> 10) + "KiB" : size + "B";
    }
}
