package dev.sluice;

import java.util.List;

/** Words that say something about their neighbours, or that are no values although they look like one. Lower case. */
final class Vocabulary {
    static final Words MONTHS = new Words("jan feb mar apr may jun jul aug sep sept oct nov dec"
            + " january february march april june july august september october november december");

    /** Months that are ordinary words, too. */
    static final Words DOUBTFUL_MONTHS = new Words("may march");

    static final Words DAYS = new Words("mon tue tues wed thu thur thurs fri sat sun"
            + " monday tuesday wednesday thursday friday saturday sunday");

    /** What belongs to the number before it: units of time and size, halves of the day, time zones. */
    static final Words AFTER_NUMBERS = new Words(
            "ns us ms s sec secs second seconds msec msecs usec usecs"
                    + " millis milliseconds millisecond microseconds microsecond nanoseconds nanosecond"
                    + " min mins minute minutes h hr hrs hour hours day days"
                    + " b byte bytes kb mb gb tb kib mib gib tib percent %"
                    + " am pm utc gmt z pst pdt est edt cst cdt mst mdt cet cest bst ist jst kst msk wet west eet eest aest aedt");

    /** What a name follows: {@code for user NAME}. */
    static final Words NAMED = new Words("user username host hostname customer tenant");

    /** What stands before {@link #NAMED} where a name follows, and not for example a verb. */
    static final Words BEFORE_NAMED = new Words("for by of as from to on with invalid illegal unknown such");

    /** What has an owner: {@code password for NAME}. */
    static final Words OWNED = new Words("password passwd publickey login logon credentials");

    /** Keys whose value is made up anew each time, or must not be shown: {@code token=VALUE}. */
    static final Words RANDOM = new Words(
            "id uuid guid token secret password passwd pwd session sessionid session_id sid"
                    + " hash digest checksum signature nonce cookie etag apikey api_key requestid request_id traceid trace_id");

    /** Words that are no names, and behind which a sentence goes on. */
    static final Words FUNCTION_WORDS = new Words("a an the this that these those it its"
            + " is are was were be been being has have had does do did can cannot could will would should may might must"
            + " and or not no in on at to from with by for of as if so while when after before because due via"
            + " user users username invalid illegal unknown account accounts name names id ids");

    /** What says behind {@code =} that a value is missing, or what is so. */
    static final Words STATES = new Words("null nil none undefined nan true false yes no");

    /** First words of a request, which say what is done: a quotation that begins with one is read word by word. */
    static final Words REQUESTS =
            new Words("get post put patch delete head options connect trace" + " select insert update merge call");

    /** What follows a quoted name of a variable: {@code because "NAME" is null}. */
    static final String IS_NULL = "is null";

    static final Words FOR = new Words("for");
    static final Words FROM = new Words("from");
    static final Words AUTHENTICATION = new Words("authentication");
    static final Words FAILURES = new Words("failure failures");

    /** Words with a digit in their name. */
    static final Words WITH_DIGIT = new Words(
            "ipv4 ipv6 md5 sha1 sha256 sha512 utf8 utf-8 utf16 utf-16 base64 oauth2 log4j i18n k8s s3 ec2 socks4 socks5 http2");

    /** Host names without a domain. */
    static final Words HOSTS = new Words("localhost");

    /** Last labels of host names. */
    static final Words TOP_DOMAINS = new Words("com net org edu gov mil int info biz io arpa"
            + " local localdomain internal lan intranet corp home localhost");

    /** First labels of names in a program. */
    static final Words SELF = new Words("this self cls super");

    /** Last labels that are as often members of something in a program, if there are but two: {@code config.key}. */
    static final Words MEMBERS = new Words("info int home key lock out err pid dump");

    /** Last labels of host names that have at least three labels; with fewer they are too often something else. */
    static final Words COUNTRIES = new Words("ar at au be bg br ca ch cl cn co cz de dk es eu fi fr gr hk hu il in it"
            + " jp kr mx my nl no nz ph pl pt ro ru se sg sk th tr tw ua uk us vn za");

    /** First labels of names of components that begin with a domain turned round. */
    static final Words TURNED_DOMAINS = new Words("com org net edu gov io");

    /** Ends of names of faults. */
    static final List<String> FAULTS = List.of(
            "error",
            "fault",
            "failure",
            "failed",
            "warning",
            "timeout",
            "denied",
            "declined",
            "refused",
            "rejected",
            "expired",
            "exceeded",
            "limited",
            "invalid",
            "missing",
            "notfound",
            "unknown",
            "locked",
            "conflict",
            "violation",
            "mismatch",
            "unavailable",
            "unsupported",
            "unauthorized",
            "forbidden",
            "interrupted",
            "aborted",
            "cancelled",
            "canceled",
            "exists",
            "empty");

    /** Ends of names of files that hold data. A file of source text names a place in the program, and stays. */
    static final Words DATA_FILES =
            new Words("log txt out err xml json csv tsv yaml yml conf cfg ini properties html htm"
                    + " pdf doc docx xls xlsx ppt pptx png jpg jpeg gif svg bmp mp3 mp4 wav avi"
                    + " zip gz tgz bz2 xz tar rar 7z jar war db sqlite dat bin tmp bak lock pid sock so dll exe"
                    + " parquet avro pcap plist dump key pem crt");

    /** Ends of names of files that hold source text. */
    static final Words SOURCE_FILES =
            new Words("java kt scala groovy clj c cc cpp cxx h hpp cs vb fs py rb js mjs jsx ts tsx"
                    + " go rs php pl pm sh lua r ex erl hs swift m mm");

    private Vocabulary() {}
}
