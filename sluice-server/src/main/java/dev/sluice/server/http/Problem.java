package dev.sluice.server.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;

/**
 * Why a request was refused, as {@code application/problem+json}.
 *
 * @param kind which sort
 * @param detail in words, for this request
 * @param faults everything that is wrong with it, field by field; may be empty
 */
record Problem(Kind kind, String detail, List<Fault> faults) {
    static final String MEDIA_TYPE = "application/problem+json";

    private static final String TYPE_PREFIX = "urn:sluice:problem:";

    Problem(Kind kind, String detail) {
        this(kind, detail, List.of());
    }

    /** Writes the members of the problem into an object that is open. */
    void write(JsonGenerator json) throws IOException {
        json.writeStringField("type", TYPE_PREFIX + kind.word);
        json.writeStringField("title", kind.title);
        json.writeNumberField("status", kind.status);
        json.writeStringField("detail", detail);
        if (!faults.isEmpty()) {
            json.writeArrayFieldStart("errors");
            for (Fault fault : faults) {
                json.writeStartObject();
                json.writeStringField("field", fault.field());
                json.writeStringField("detail", fault.detail());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }

    /** The sorts of problem; the word ends the {@code type} and never changes. */
    enum Kind {
        /** The bytes are not HTTP. */
        BAD_REQUEST(400, "bad-request", "Not a request"),
        /** The body is not JSON. */
        MALFORMED(400, "malformed-json", "Malformed JSON"),
        /** Values of the request are missing, wrong or unknown. */
        INVALID(400, "invalid-request", "Invalid request"),
        /** Nothing is started for this subject. */
        JOB_PAUSED(400, "job-paused", "Job paused"),
        /** A page of another site sent the request. */
        CROSS_SITE(403, "cross-site", "Cross-site request"),
        /** There is nothing at this path. */
        NOT_FOUND(404, "not-found", "Not found"),
        /** No flow has this name. */
        UNKNOWN_FLOW(404, "unknown-flow", "Unknown flow"),
        /** No job has this name. */
        UNKNOWN_JOB(404, "unknown-job", "Unknown job"),
        /** The path exists, the method does not. */
        METHOD(405, "method-not-allowed", "Method not allowed"),
        /** The request took too long to arrive. */
        TIMEOUT(408, "timeout", "Request timeout"),
        /** There is a job of this subject already. */
        JOB_PENDING(409, "job-pending", "Job already pending"),
        /** The claim ended otherwise. */
        STALE(409, "stale", "Stale claim"),
        /** The message is in no state for that. */
        TOO_LATE(409, "too-late", "Too late"),
        /** The body, or a line of it, is over the limit. */
        TOO_LARGE(413, "too-large", "Content too large"),
        /** The first line of the request is over the limit. */
        URI_TOO_LONG(414, "uri-too-long", "URI too long"),
        /** The body is of another type than this path takes. */
        MEDIA_TYPE(415, "unsupported-media-type", "Unsupported media type"),
        /** The request names a host that this server is not. */
        MISDIRECTED(421, "misdirected", "Misdirected request"),
        /** The same id came before with another body. */
        ID_REUSED(422, "id-reused", "Id used for another request"),
        /** The headers are over the limit. */
        HEADERS_TOO_LARGE(431, "headers-too-large", "Request header fields too large"),
        /** A fault of the server. */
        BROKEN(500, "internal-error", "Internal error"),
        /** The store cannot answer now, or too much is waiting. */
        AWAY(503, "unavailable", "Temporarily unavailable");

        final int status;
        final String word;
        final String title;

        Kind(int status, String word, String title) {
            this.status = status;
            this.word = word;
            this.title = title;
        }
    }
}
