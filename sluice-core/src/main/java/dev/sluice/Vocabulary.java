package dev.sluice;

import java.util.Set;

/** Words that say something about their neighbours, or that are no values although they look like one. Lower case. */
final class Vocabulary {
    /** No word here has more characters. */
    static final int LONGEST = 14;

    static final Set<String> MONTHS = words("jan feb mar apr may jun jul aug sep sept oct nov dec"
            + " january february march april june july august september october november december");

    /** Months that are ordinary words, too. */
    static final Set<String> DOUBTFUL_MONTHS = words("may march");

    static final Set<String> DAYS = words("mon tue tues wed thu thur thurs fri sat sun"
            + " monday tuesday wednesday thursday friday saturday sunday");

    /** What belongs to the number before it: units of time and size, halves of the day, time zones. */
    static final Set<String> AFTER_NUMBERS = words(
            "ns us ms s sec secs second seconds msec msecs usec usecs"
                    + " millis milliseconds millisecond microseconds microsecond nanoseconds nanosecond"
                    + " min mins minute minutes h hr hrs hour hours day days"
                    + " b byte bytes kb mb gb tb kib mib gib tib percent %"
                    + " am pm utc gmt z pst pdt est edt cst cdt mst mdt cet cest bst ist jst kst msk wet west eet eest aest aedt");

    /** What a name follows: {@code for user NAME}. */
    static final Set<String> NAMED = words("user username host hostname customer tenant");

    /** What stands before {@link #NAMED} where a name follows, and not for example a verb. */
    static final Set<String> BEFORE_NAMED = words("for by of as from to on with invalid illegal unknown such");

    /** What has an owner: {@code password for NAME}. */
    static final Set<String> OWNED = words("password passwd publickey login logon credentials");

    /** Keys whose value is made up anew each time, or must not be shown: {@code token=VALUE}. */
    static final Set<String> RANDOM = words(
            "id uuid guid token secret password passwd pwd session sessionid session_id sid"
                    + " hash digest checksum signature nonce cookie etag apikey api_key requestid request_id traceid trace_id");

    /** Words that are no names, and behind which a sentence goes on. */
    static final Set<String> FUNCTION_WORDS = words("a an the this that these those it its"
            + " is are was were be been being has have had does do did can cannot could will would should may might must"
            + " and or not no in on at to from with by for of as if so while when after before because due via"
            + " user users username invalid illegal unknown account accounts name names id ids");

    /** What says behind {@code =} that a value is missing, or what is so. */
    static final Set<String> STATES = words("null nil none undefined nan true false yes no");

    /** First words of a request, which say what is done: a quotation that begins with one is read word by word. */
    static final Set<String> REQUESTS =
            words("get post put patch delete head options connect trace" + " select insert update merge call");

    /** Words with a digit in their name. */
    static final Set<String> WITH_DIGIT = words(
            "ipv4 ipv6 md5 sha1 sha256 sha512 utf8 utf-8 utf16 utf-16 base64 oauth2 log4j i18n k8s s3 ec2 socks4 socks5 http2");

    /** Last labels of host names. */
    static final Set<String> TOP_DOMAINS = words("com net org edu gov mil int info biz io arpa"
            + " local localdomain internal lan intranet corp home localhost");

    /** Last labels of host names that have at least three labels; with fewer they are too often something else. */
    static final Set<String> COUNTRIES = words("ar at au be bg br ca ch cl cn co cz de dk es eu fi fr gr hk hu il in it"
            + " jp kr mx my nl no nz ph pl pt ro ru se sg sk th tr tw ua uk us vn za");

    /** First labels of names of components that begin with a domain turned round. */
    static final Set<String> TURNED_DOMAINS = words("com org net edu gov io");

    /** Ends of names of files that hold data. A file of source text names a place in the program, and stays. */
    static final Set<String> DATA_FILES =
            words("log txt out err xml json csv tsv yaml yml conf cfg ini properties html htm"
                    + " pdf doc docx xls xlsx ppt pptx png jpg jpeg gif svg bmp mp3 mp4 wav avi"
                    + " zip gz tgz bz2 xz tar rar 7z jar war db sqlite dat bin tmp bak lock pid sock so dll exe"
                    + " parquet avro pcap plist dump key pem crt");

    /** Ends of names of files that hold source text. */
    static final Set<String> SOURCE_FILES =
            words("java kt scala groovy clj c cc cpp cxx h hpp cs vb fs py rb js mjs jsx ts tsx"
                    + " go rs php pl pm sh lua r ex erl hs swift m mm");

    private Vocabulary() {}

    private static Set<String> words(String words) {
        return Set.of(words.split(" "));
    }
}
