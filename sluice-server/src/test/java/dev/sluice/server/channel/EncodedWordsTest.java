package dev.sluice.server.channel;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodedWordsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Database down",
                "",
                "Datenbank überlastet, und zwar so, dass es über eine Zeile geht: ÄÖÜ äöü ß und so fort",
                "\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00\uD83D\uDE00",
                "=?utf-8?q?a=0D=0ABcc:_evil@example.net?=",
                "a =?utf-8?b?DQo=?= b"
            })
    void whoDecodesItGetsTheText(String text) throws UnsupportedEncodingException {
        String encoded = EncodedWords.of(text, "\r\n ");
        assertThat(Arrays.asList(encoded.split("\r\n ", -1)))
                .allMatch(word -> word.length() <= 75 || word.equals(text));
        assertThat(MimeUtility.decodeText(MimeUtility.unfold(encoded))).isEqualTo(text);
    }

    @Test
    void whatNeedsNoEncodingIsLeftAsItIs() {
        assertThat(EncodedWords.of("[AGGREGATED x3] Database down?", " ")).isEqualTo("[AGGREGATED x3] Database down?");
    }
}
