namespace Silo.Contracts.Problems;

/// <summary>The stable codes of problems. A code is never reused for another meaning.</summary>
public static class ProblemCodes
{
    /// <summary>Several different problems; see the errors.</summary>
    public const string InvalidRequest = "invalid_request";

    public const string InvalidJson = "invalid_json";
    public const string UnknownField = "unknown_field";
    public const string DuplicateField = "duplicate_field";
    public const string MissingField = "missing_field";
    public const string WrongType = "wrong_type";
    public const string ConflictingFields = "conflicting_fields";
    public const string OutOfRange = "out_of_range";
    public const string UnknownValue = "unknown_value";
    public const string BadName = "bad_name";
    public const string BadText = "bad_text";
    public const string BadId = "bad_id";
    public const string BadCursor = "bad_cursor";

    public const string UnknownQueue = "unknown_queue";
    public const string UnknownType = "unknown_type";
    public const string UnknownStrategy = "unknown_strategy";
    public const string BadPayload = "bad_payload";
    public const string PathNotAllowed = "path_not_allowed";

    public const string PayloadTooLarge = "payload_too_large";
    public const string ResultTooLarge = "result_too_large";
    public const string BodyTooLarge = "body_too_large";
    public const string BodyTooSlow = "body_too_slow";
    public const string LineTooLong = "line_too_long";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string BadHttpRequest = "bad_http_request";

    public const string NotFound = "not_found";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string IdempotencyConflict = "idempotency_conflict";
    public const string AlreadySettled = "already_settled";
    public const string NotRetryable = "not_retryable";
    public const string NotFinished = "not_finished";
    public const string NoResult = "no_result";

    /// <summary>Only a node that has left or died is removed.</summary>
    public const string NodeAlive = "node_alive";

    public const string KeyMissing = "key_missing";
    public const string KeyInvalid = "key_invalid";

    /// <summary>The key is good, but not for this; the problem names the scope.</summary>
    public const string ScopeMissing = "scope_missing";

    public const string HostNotAllowed = "host_not_allowed";
    public const string OriginNotAllowed = "origin_not_allowed";
    public const string NotLoopback = "not_loopback";

    /// <summary>Nothing was stored; send the same again.</summary>
    public const string StoreUnavailable = "store_unavailable";

    /// <summary>It may have been stored: ask for the ids before sending again.</summary>
    public const string OutcomeUnknown = "outcome_unknown";

    /// <summary>No scheduler acts yet, or it is taking over; try again after a moment.</summary>
    public const string NotReady = "not_ready";

    /// <summary>Too many tasks wait; nothing was stored, submit again later.</summary>
    public const string BacklogFull = "backlog_full";

    /// <summary>As many streams are open as the server allows; try again after a moment.</summary>
    public const string TooManyReaders = "too_many_readers";

    /// <summary>The bodies of other requests take all the memory that there is for them; nothing was changed, send the same again.</summary>
    public const string TooManyBodies = "too_many_bodies";

    public const string InternalError = "internal_error";
}
