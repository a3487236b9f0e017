package dev.sluice;

import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Names content that has parts without an order, such as the items of a cart: equal for equal parts in whatever order they
 * come, in every process and version. Pure.
 *
 * <p>Form 1: each value as {@code LENGTH:VALUE} with the number of its UTF-16 units, a missing one as {@code -}; the values
 * of a part one behind the other, and {@code ;} at the end; the parts sorted by that text; SHA-256 of it in UTF-8, of which
 * the first 128 bits are kept. Parts that are there twice count twice.
 */
public final class ContentHash {
    private static final String FORM = "1.";
    private static final int BYTES = 16;

    private ContentHash() {}

    /**
     * The name of this content.
     *
     * @param parts the values of each part, in an order that is the same for all
     * @return {@code 1.} and 32 hexadecimal digits; a later form begins with another number
     */
    public static String of(Collection<? extends List<Optional<String>>> parts) {
        String all = parts.stream().map(ContentHash::part).sorted().collect(Collectors.joining());
        return FORM + HexFormat.of().formatHex(Ids.sha256(all), 0, BYTES);
    }

    private static String part(List<Optional<String>> values) {
        return values.stream()
                        .map(value ->
                                value.map(text -> text.length() + ":" + text).orElse("-"))
                        .collect(Collectors.joining())
                + ";";
    }
}
